using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Pages;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>What the page of a test says in each of its states: what came of it, and what to do next.</summary>
public sealed class TestViewTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private TestDesk _desk = null!;
    private LiveTest _test = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenSqliteAsync(_data, _clock, Ct);
        var bench = new SenderBench("sender.example", [], places: 1, CaseNeeds.Missing(hasIPv6: true));
        _desk = new(bench, new(_database), _clock, NullLogger.Instance);
        _test = _desk.Find((await _desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!)!;
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Before_the_first_message_it_says_what_to_do_and_no_verdict()
    {
        var html = await PageAsync(r => r);
        Says(html, "Waiting for the first message.", "What to do now: message 1 of 3", "reply all", "Go on to message 2");
        SaysNot(html, "class=\"answers", "not before");
    }

    [Fact]
    public async Task Every_address_stands_in_its_list_and_has_its_command()
    {
        var report = await _desk.ReportAsync(_test, Ct);
        var html = await PageAsync(_ => report, new("By hand:", a => $"send to {a} now"));
        Says(html, [.. report.Addresses.Select(a => $"send to {a} now"), string.Join('\n', report.Addresses)]);
    }

    [Fact]
    public async Task A_later_round_says_from_when_on_to_send()
    {
        await _desk.TurnAsync(_test, 2, Ct);
        var html = await PageAsync(r => r with { Sender = "mx.example" });
        Says(html, "What to do now: message 2 of 3", "Let it send after 12:01:10 UTC", "class=\"answers", "Early verdicts;");

        _clock.Advance(TimeSpan.FromSeconds(70));
        SaysNot(await PageAsync(r => r), "Let it send after");
        await _desk.TurnAsync(_test, 3, Ct);
        html = await PageAsync(r => r);
        Says(html, "message 3 of 3", "to this address", "There is no further message.");
        SaysNot(html, "Go on to message");
    }

    [Fact]
    public async Task Addresses_of_earlier_messages_stay_on_the_page()
    {
        var first = (await _desk.ReportAsync(_test, Ct)).Addresses.ToArray();
        SaysNot(await PageAsync(r => r), "Addresses of message");
        await _desk.TurnAsync(_test, 2, Ct);
        var second = (await _desk.ReportAsync(_test, Ct)).Addresses.ToArray();
        var html = await PageAsync(r => r);
        Says(html, "<summary>Addresses of message 1</summary>", string.Join('\n', first));
        SaysNot(html, "<summary>Addresses of message 2</summary>");

        _clock.Advance((await _desk.ReportAsync(_test, Ct)).FinalAt - _clock.GetUtcNow());
        html = await PageAsync(r => r);
        Says(html, "<summary>Addresses of message 2</summary>", string.Join('\n', first), string.Join('\n', second));
    }

    [Fact]
    public async Task Who_goes_on_too_early_is_told_that_it_is_early()
    {
        const string early = "It is early for that";
        Says(await PageAsync(r => r), early);
        SaysNot(await PageAsync(r => r with { Reached = r.Addresses.Count() }), early);
        await _desk.TurnAsync(_test, 2, Ct);
        Says(await PageAsync(r => r with { Reached = r.Addresses.Count() }), early);
        _clock.Advance(TimeSpan.FromSeconds(70));
        SaysNot(await PageAsync(r => r with { Reached = r.Addresses.Count() }), early);
    }

    [Fact]
    public async Task In_the_end_nothing_is_to_do_and_nothing_is_waited_for()
    {
        _clock.Advance(TestLimits.Final);
        var html = await PageAsync(r => r);
        Says(html, "Final. No sender has been seen.", "The test is over", "Not tested", "Not known");
        SaysNot(html, "What to do now", "Waiting", "yet known", "yet.");
    }

    [Fact]
    public async Task It_warns_where_something_may_have_been_missed()
    {
        const string words = "Some of what the sender asked for may be missing here";
        SaysNot(await PageAsync(r => r), words);
        _test.Miss();
        Says(await PageAsync(r => r), words);
        Assert.True(TestDocument.Of(await _desk.ReportAsync(_test, Ct)).MissesQuestions);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)] // the servers can be found without us
    public void A_sender_that_delivers_has_asked_and_if_that_was_not_seen_another_test_has_it(
        bool seesEveryQuestion,
        bool isSeen,
        bool misses
    )
    {
        var bench = new SenderBench("sender.example", [], places: 1, new Dictionary<string, string>())
        {
            SeesEveryQuestion = seesEveryQuestion,
        };
        var (at, to) = (_clock.GetUtcNow(), $"{_test.Row.Mailbox}@c0.sender.example");
        Observation[] seen =
        [
            .. isSeen ? [new Observation.Asked(at, IPAddress.Loopback, "c0.sender.example", "MX")] : (Observation[])[],
            new Observation.Delivered(at, IPAddress.Loopback, "mx1.c0.sender.example", to, OverTls: true),
        ];
        Assert.Equal(misses, TestReport.Of(bench, _test, seen, at).MissesQuestions);
        Assert.False(TestReport.Of(bench, _test, [], at).MissesQuestions);
    }

    [Fact]
    public async Task What_it_says_of_another_test_stays_true_when_that_one_is_deleted()
    {
        SaysNot(await PageAsync(r => r), "Another test");
        _test.Share();
        Says(await PageAsync(r => r), "Another test that was open at the same time has a sender with the same address.");
    }

    [Fact]
    public async Task The_page_has_the_latest_lines_of_a_case_and_says_where_the_others_are()
    {
        string[] lines = [.. Enumerable.Range(1, 100).Select(i => $"line {i} of many")];
        TestReport With(TestReport report) =>
            report with
            {
                Cases = [.. report.Cases.Select(c => c with { Verdict = c.Verdict with { Evidence = lines } })],
            };
        var html = await PageAsync(With);
        Says(
            html,
            "line 81 of many",
            "line 100 of many",
            "The latest 20 lines;",
            "<a href=\"/sender-test/key/cases/C6\">all that was seen of C6</a>"
        );
        SaysNot(html, "line 80 of many");
        Assert.InRange(html.Length, 0, 250_000); // thirty cases with a hundred lines of 300 characters would be a megabyte

        var one = With(await _desk.ReportAsync(_test, Ct)).Cases.Single(c => c.Case.Id == "C6");
        html = await Html.OfAsync<CaseSeen, CaseSeenModel>(new("key", one), Ct);
        Says(html, ["C6: all that was seen", .. lines.Select(l => $"<li>{l}</li>"), "<a href=\"/sender-test/key\">"]);

        lines = lines[..20];
        SaysNot(await PageAsync(With), "The latest 20 lines");
    }

    [Fact]
    public async Task It_says_when_all_is_deleted()
    {
        const string time = "deleted on 2 December 2026, 12:00 UTC";
        Says(await PageAsync(r => r), $"{time}, or", $"{time}. You can delete it before");
    }

    [Fact]
    public async Task A_case_that_was_left_out_shows_the_address_that_is_still_taken()
    {
        const string words = "the last one for this case";
        await _desk.TurnAsync(_test, 2, Ct);
        SaysNot(await PageAsync(r => r), $"-2@c2.sender.example</a> of message 2, {words}");
        await _desk.TurnAsync(_test, 3, Ct);
        Says(await PageAsync(r => r), $"{_test.Row.Mailbox}-2@c2.sender.example</a> of message 2, {words}");
        SaysNot(
            await PageAsync(r =>
                r with
                {
                    Cases = [.. r.Cases.Select(c => c with { Verdict = c.Verdict with { Outcome = Outcome.Pass } })],
                }
            ),
            words
        );
        _clock.Advance((await _desk.ReportAsync(_test, Ct)).FinalAt - _clock.GetUtcNow());
        SaysNot(await PageAsync(r => r), words);
    }

    [Fact]
    public async Task One_address_is_spoken_of_as_one()
    {
        await _desk.TurnAsync(_test, 2, Ct);
        Says(await PageAsync(r => r), "addresses. They are not those of the message before.");
        await _desk.TurnAsync(_test, 3, Ct);
        var html = await PageAsync(r => r);
        Says(html, "to this address. It is not that of the message before.", "come for 0 of 1 address so far.");
        SaysNot(html, "They are", "these 1", "1 addresses");
    }

    [Fact]
    public async Task What_a_stranger_fetched_is_shown_as_such_and_tells_nothing_of_the_sender()
    {
        var (at, client) = (_clock.GetUtcNow(), IPAddress.Parse("198.51.100.1"));
        var fetched = new Observation.Fetched(at, client, "mta-sts.c0.sender.example", PolicySite.Path, "crawler", 200);
        await new TestStore(_database).KeepAsync([(_test.Row.Mailbox, 0, fetched)], Ct);
        var report = await _desk.ReportAsync(_test, Ct);
        Assert.Empty(report.Known.Agents);
        Assert.Equal(0, report.Reached);
        Says(await PageAsync(r => r), "may be someone else's: fetched https://mta-sts.c0.sender.example");
    }

    [Fact]
    public async Task In_the_end_what_is_not_known_has_a_next_step_and_a_pass_is_not_praised_too_much()
    {
        _clock.Advance(TestLimits.Final);
        var html = await PageAsync(r => r);
        Says(html, "Too little has been seen. Open another test", "a sender without MTA-STS also passes");
    }

    [Theory]
    [InlineData(Outcome.Fail, true)]
    [InlineData(Outcome.Pass, false)]
    [InlineData(Outcome.Inconclusive, false)]
    public async Task A_case_that_failed_says_what_to_do(Outcome outcome, bool says)
    {
        var remedy = (await _desk.ReportAsync(_test, Ct)).Cases.Single(c => c.Case.Id == "C13").Case.Remedy;
        var html = await PageAsync(r =>
            r with
            {
                Cases = [.. r.Cases.Select(c => c with { Verdict = c.Verdict with { Outcome = outcome } })],
            }
        );
        Assert.Equal(says, html.Contains(remedy, StringComparison.Ordinal));
    }

    private async Task<string> PageAsync(Func<TestReport, TestReport> change, BenchHint? hint = null)
    {
        var report = change(await _desk.ReportAsync(_test, Ct));
        var model = new TestViewModel("key", report, hint, _clock.GetUtcNow());
        return WebUtility.HtmlDecode(await Html.OfAsync<TestView, TestViewModel>(model, Ct));
    }

    private static void Says(string html, params IEnumerable<string> words) =>
        Assert.All(words, w => Assert.Contains(w, html, StringComparison.Ordinal));

    private static void SaysNot(string html, params IEnumerable<string> words) =>
        Assert.All(words, w => Assert.DoesNotContain(w, html, StringComparison.Ordinal));
}
