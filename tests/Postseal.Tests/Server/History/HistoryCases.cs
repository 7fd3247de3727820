using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.Json;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Mx;
using Postseal.Server.History;
using Postseal.Server.Store;
using static Postseal.Tests.Checks.FactsBuilder;
using Assert = Xunit.Assert;

namespace Postseal.Tests.Server.History;

/// <summary>What the history does, whatever database is below: this file is compiled into the tests of both.</summary>
internal static class HistoryCases
{
    private const string Mx1 = "mx1.example.com";

    /// <summary>Each case gets a way to open one database that was empty at first; opening it again is another node, or a restart.</summary>
    public static IReadOnlyDictionary<
        string,
        Func<Func<CancellationToken, Task<Database>>, CancellationToken, Task>
    > All { get; } =
        new Dictionary<string, Func<Func<CancellationToken, Task<Database>>, CancellationToken, Task>>(StringComparer.Ordinal)
        {
            [nameof(A_domain_never_checked_has_no_history)] = A_domain_never_checked_has_no_history,
            [nameof(A_finding_appears_stays_goes_and_comes_back)] = A_finding_appears_stays_goes_and_comes_back,
            [nameof(A_finding_that_could_not_be_judged_stays_as_it_was)] = A_finding_that_could_not_be_judged_stays_as_it_was,
            [nameof(Verdicts_and_publications_are_kept_as_runs)] = Verdicts_and_publications_are_kept_as_runs,
            [nameof(A_document_is_kept_when_something_changed)] = A_document_is_kept_when_something_changed,
            [nameof(Texts_that_no_database_likes_are_kept_as_well_as_can_be)] =
                Texts_that_no_database_likes_are_kept_as_well_as_can_be,
            [nameof(What_one_domain_takes_is_bounded)] = What_one_domain_takes_is_bounded,
            [nameof(What_is_old_is_forgotten)] = What_is_old_is_forgotten,
            [nameof(Checks_recorded_at_once_by_two_nodes_add_up)] = Checks_recorded_at_once_by_two_nodes_add_up,
            [nameof(A_check_older_than_the_last_is_only_counted)] = A_check_older_than_the_last_is_only_counted,
            [nameof(Nodes_that_start_at_once_do_not_clash)] = Nodes_that_start_at_once_do_not_clash,
            [nameof(A_database_of_a_newer_program_is_refused)] = A_database_of_a_newer_program_is_refused,
            [nameof(Work_that_fails_leaves_nothing_behind)] = Work_that_fails_leaves_nothing_behind,
        };

    private static async Task A_domain_never_checked_has_no_history(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);

        Assert.Null(await store.ReadAsync(Domain, ct));
        Assert.Null(await store.LatestAsync(Domain, ct));
        Assert.Empty(await store.PublicationsAsync(Domain, ct));
    }

    private static async Task A_finding_appears_stays_goes_and_comes_back(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);

        await RecordAsync(store, Healthy(), ct);
        await RecordAsync(store, On(1, WithoutTls()), ct);
        await RecordAsync(store, On(2, WithoutTls()), ct);
        await RecordAsync(store, On(3, Healthy()), ct);
        var history = await RecordAsync(store, On(4, WithoutTls()), ct);

        Assert.Equal((Now, Now.AddDays(4), 5), (history.FirstChecked, history.LastChecked, history.Checks));
        Assert.Equal(
            [("breaks", 4, 4, null), ("breaks", 1, 2, 3.0)],
            Spans(history, "starttls-missing")
                .Select(s => (s.Level, Day(s.FirstSeen)!.Value, Day(s.LastSeen)!.Value, Day(s.GoneAt)))
        );
        Assert.DoesNotContain(history.Findings, f => f.Level == "ok");
    }

    private static async Task A_finding_that_could_not_be_judged_stays_as_it_was(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);

        await RecordAsync(store, WithoutTls(), ct);
        await RecordAsync(store, On(1, Silent()), ct);
        var during = await RecordAsync(
            store,
            On(2, Healthy().WithoutHosts(new MxLookup.Failed(Postseal.Resolver.Dns.DnsFailure.Timeout, "No answer."))),
            ct
        );
        var after = await RecordAsync(store, On(3, Healthy()), ct);

        var span = Assert.Single(Spans(during, "starttls-missing"));
        Assert.Equal((0, 0, null), (Day(span.FirstSeen), Day(span.LastSeen), Day(span.GoneAt)));
        Assert.Equal(3, Day(Assert.Single(Spans(after, "starttls-missing")).GoneAt));
        // That a host was silent is true of that check alone.
        var unknown = Assert.Single(Spans(after, "smtp-unreachable"));
        Assert.Equal(("unknown", 1, 2), (unknown.Level, Day(unknown.FirstSeen), Day(unknown.GoneAt)));
    }

    private static async Task Verdicts_and_publications_are_kept_as_runs(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);
        var testing = Healthy().WithPolicy(HealthyPolicy.Replace("enforce", "testing", StringComparison.Ordinal));

        foreach (
            var (day, facts) in (IEnumerable<(int, DomainFacts)>)
                [(0, testing), (1, Healthy()), (2, Healthy()), (3, testing), (4, testing)]
        )
            await RecordAsync(store, On(day, facts), ct);

        var history = (await store.ReadAsync(Domain, ct))!;
        Assert.Equal(
            [("testing", 3, 4), ("enforced", 1, 2), ("testing", 0, 0)],
            history.Verdicts.Select(v => (v.Protection, Day(v.FirstSeen)!.Value, Day(v.LastSeen)!.Value))
        );
        Assert.Equal(
            [("Testing", 3, 4), ("Enforce", 1, 2), ("Testing", 0, 0)],
            history.Publications.Select(p => (p.Mode.ToString(), Day(p.FirstSeen)!.Value, Day(p.LastSeen)!.Value))
        );
        Assert.Equal(history.Publications, await store.PublicationsAsync(Domain, ct));
        Assert.Equal((1209600, "20261123T120000"), (history.Publications[0].MaxAge, history.Publications[0].RecordId));
        Assert.Equal(history.Publications[0].PolicySha256, history.Publications[2].PolicySha256);
    }

    private static async Task A_document_is_kept_when_something_changed(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using (var database = await open(ct))
        {
            var before = new HistoryStore(database);
            await RecordAsync(before, Healthy(), ct);
            await RecordAsync(before, On(1, Healthy()) with { Elapsed = TimeSpan.FromSeconds(7) }, ct);
            await RecordAsync(before, On(2, WithoutTls()), ct);
        }

        await using var again = await open(ct);
        var store = new HistoryStore(again);
        var latest = await store.LatestAsync(Domain, ct);
        Assert.Equal(Json(Document(On(2, WithoutTls()))), Json(latest));
        Assert.Equal("2026-11-23T12:00:00Z", (await store.AsOfAsync(Domain, Now.AddDays(1.9), ct))!.CheckedAt);
        Assert.Equal("2026-11-25T12:00:00Z", (await store.AsOfAsync(Domain, Now.AddDays(9), ct))!.CheckedAt);
        Assert.Null(await store.AsOfAsync(Domain, Now.AddDays(-1), ct));
    }

    private static async Task Texts_that_no_database_likes_are_kept_as_well_as_can_be(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);
        var hostile = $"a\0b\uD800c\uDC00'; DROP TABLE domains; --\u202E\u001B[31m\U0001F4E7 {new string('x', 5000)}";
        var document = Document(Healthy());
        document = document with
        {
            Findings = [new("mx-dup", "warn", hostile, hostile, null, null, new Dictionary<string, string> { ["k"] = hostile })],
            Record = new(hostile, null, 1),
        };

        await store.RecordAsync(Healthy(), document, ct);
        var history = (await store.RecordAsync(On(1, Healthy()), document, ct))!;

        var span = Assert.Single(history.Findings);
        Assert.StartsWith(
            "a\uFFFDb\uFFFDc\uFFFD'; DROP TABLE domains; --\u202E\u001B[31m\U0001F4E7",
            span.Subject,
            StringComparison.Ordinal
        );
        Assert.Equal((300, 600, 0), (span.Subject.Length, span.Summary.Length, Day(span.FirstSeen)));
        Assert.StartsWith("a\0b", (await store.LatestAsync(Domain, ct))!.Record!.Text, StringComparison.Ordinal);
    }

    private static async Task What_one_domain_takes_is_bounded(Func<CancellationToken, Task<Database>> open, CancellationToken ct)
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);
        for (var n = 0; n < 110; n++)
        {
            var facts = On(n, n % 2 == 0 ? Healthy() : WithoutTls()).WithRecord($"v=STSv1; id={n};");
            var document = Document(facts);
            IReadOnlyList<FindingPart> many =
            [
                .. document.Findings,
                .. Enumerable
                    .Range(0, 250)
                    .Select(i => new FindingPart(
                        "mx-dup",
                        "warn",
                        $"{n}-{i}",
                        "s",
                        null,
                        null,
                        new Dictionary<string, string>()
                    )),
            ];
            await store.RecordAsync(facts, n < 3 ? document with { Findings = many } : document, ct);
        }

        var history = (await store.ReadAsync(Domain, ct))!;
        Assert.Equal((300, 100, 52), (history.Findings.Count, history.Verdicts.Count, history.Publications.Count));
        Assert.Equal("109", history.Publications[0].RecordId);
        Assert.NotNull(await store.AsOfAsync(Domain, Now.AddDays(90), ct));
        Assert.Null(await store.AsOfAsync(Domain, Now.AddDays(89), ct));
    }

    private static async Task What_is_old_is_forgotten(Func<CancellationToken, Task<Database>> open, CancellationToken ct)
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);
        var other = Postseal.Protocol.DomainName.Parse("other.example");
        for (var n = 0; n < 60; n++)
        {
            var facts = Healthy() with { Domain = Postseal.Protocol.DomainName.Parse($"d{n}.example") };
            await store.RecordAsync(facts, Document(facts), ct);
        }

        await RecordAsync(store, Healthy() with { Domain = other }, ct);
        await RecordAsync(store, WithoutTls().WithRecord("v=STSv1; id=old;"), ct);
        await RecordAsync(store, On(1, Healthy()), ct);
        await RecordAsync(store, On(100, Healthy()), ct);

        Assert.Equal(61, await store.PruneAsync(Now.AddDays(50), ct));

        Assert.Null(await store.ReadAsync(other, ct));
        Assert.Null(await store.LatestAsync(other, ct));
        var history = (await store.ReadAsync(Domain, ct))!;
        Assert.Empty(Spans(history, "starttls-missing"));
        Assert.Equal("enforced", Assert.Single(history.Verdicts).Protection);
        Assert.Equal("20261123T120000", Assert.Single(history.Publications).RecordId);
        Assert.NotNull(await store.LatestAsync(Domain, ct));
        Assert.Equal(0, await store.PruneAsync(Now.AddDays(50), ct));
    }

    private static async Task Checks_recorded_at_once_by_two_nodes_add_up(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var one = await open(ct);
        await using var two = await open(ct);
        var (first, second) = (new HistoryStore(one), new HistoryStore(two));
        var checks = Enumerable
            .Range(0, 20)
            .SelectMany(n =>
                (Task[])
                    [
                        Task.Run(() => RecordAsync(first, On(n, WithoutTls()), ct), ct),
                        Task.Run(() => RecordAsync(second, On(n, Healthy()), ct), ct),
                    ]
            );

        await Task.WhenAll([.. checks, first.PruneAsync(Now.AddDays(5), ct), second.PruneAsync(Now.AddDays(5), ct)]);

        var history = (await first.ReadAsync(Domain, ct))!;
        Assert.InRange(history.Checks, 30, 40); // the pruning may have forgotten the first few
        Assert.Equal(Now.AddDays(19), history.LastChecked);
        Assert.InRange(Spans(history, "starttls-missing").Count(s => s.GoneAt is null), 0, 1);
        Assert.Distinct(history.Findings.Where(f => f.GoneAt is null).Select(f => (f.Id, f.Subject)));
        var inOrder = history.Verdicts.OrderBy(v => v.FirstSeen).ToList();
        Assert.All(inOrder.Zip(inOrder.Skip(1)), p => Assert.True(p.First.LastSeen <= p.Second.FirstSeen));
    }

    private static async Task A_check_older_than_the_last_is_only_counted(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        var store = new HistoryStore(database);
        var before = await RecordAsync(store, On(5, Healthy()), ct);

        var after = await RecordAsync(store, On(4, WithoutTls()), ct);

        Assert.Equal(2, after.Checks);
        Assert.Equal(before.LastChecked, after.LastChecked);
        Assert.Empty(Spans(after, "starttls-missing"));
        Assert.Equal("2026-11-28T12:00:00Z", (await store.LatestAsync(Domain, ct))!.CheckedAt);
    }

    private static async Task Nodes_that_start_at_once_do_not_clash(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => open(ct), ct)));
        var versions = await databases[0]
            .ReadAsync((c, t) => c.QueryAsync("SELECT version FROM schema_version", [], row => row.GetInt64(0), t), ct);

        Assert.Equal(Enumerable.Range(1, (int)Migrations.Latest).Select(n => (long)n), versions);
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    private static async Task A_database_of_a_newer_program_is_refused(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using (var database = await open(ct))
            await database.WriteAsync(
                (c, t) => c.RunAsync("INSERT INTO schema_version (version, name, applied_at) VALUES (999, 'x', 0)", [], t),
                ct
            );

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => open(ct));
        Assert.Contains("newer postseal-server (version 999 of its tables", refused.Message, StringComparison.Ordinal);
    }

    private static async Task Work_that_fails_leaves_nothing_behind(
        Func<CancellationToken, Task<Database>> open,
        CancellationToken ct
    )
    {
        await using var database = await open(ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            database.WriteAsync<int>(
                async (c, t) =>
                {
                    await c.RunAsync(
                        "INSERT INTO domains (domain, first_checked, last_checked, checks, fingerprint) VALUES ('example.com', 0, 0, 1, '')",
                        [],
                        t
                    );
                    throw new InvalidOperationException("in the midst of it");
                },
                ct
            )
        );

        Assert.Null(await new HistoryStore(database).ReadAsync(Domain, ct));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            database.WriteAsync((c, t) => c.RunAsync("INSERT INTO documents VALUES ('nobody.example', 0, '{}')", [], t), ct)
        );
    }

    private static DomainFacts On(double day, DomainFacts facts) => facts with { CheckedAt = Now.AddDays(day) };

    private static DomainFacts WithoutTls() => Healthy().WithHost(Mx1, h => h.WithTls(new TlsOutcome.NotOffered()));

    private static DomainFacts Silent() => Healthy().WithHost(Mx1, h => h.WithTls(new TlsOutcome.Unknown("tcp-timeout")));

    private static CheckDocument Document(DomainFacts facts) => CheckDocuments.Of(CheckResult.Of(facts));

    private static async Task<DomainHistory> RecordAsync(HistoryStore store, DomainFacts facts, CancellationToken ct) =>
        (await store.RecordAsync(facts, Document(facts), ct))!;

    private static List<FindingSpan> Spans(DomainHistory history, string id) => [.. history.Findings.Where(f => f.Id == id)];

    private static double? Day(DateTimeOffset? time) => (time - Now)?.TotalDays;

    private static string Json(CheckDocument? document) =>
        System.Text.Json.JsonSerializer.Serialize(document, JsonContext.Default.CheckDocument!);
}
