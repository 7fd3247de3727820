using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.Store;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.Store;

/// <summary>Policies on disk: whole after a crash, set aside when corrupt.</summary>
public sealed class SqlitePolicyStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postseal-store-");
    private readonly FakeTimeProvider _clock = new(TestCa.Now);
    private readonly LogLines _log = new();

    private string Path => System.IO.Path.Combine(_folder.FullName, "policies.db");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_saved_comes_back_byte_for_byte()
    {
        var policy = Policy(
            "example.com",
            "version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nx: \u00fc\r\nmax_age: 604800\r\n"
        );
        await using (var store = Open())
        {
            await store.SaveAsync(policy, Ct);
            await store.MarkUsedAsync([(policy.Domain, TestCa.Now.AddDays(3))], Ct);
        }

        await using var again = Open();
        var kept = Assert.Single(await again.LoadAsync(Ct).ToListAsync(Ct));
        Assert.Equal(
            (policy.Domain, policy.Read(), policy.Id, policy.FetchedAt),
            (kept.Policy.Domain, kept.Policy.Read(), kept.Policy.Id, kept.Policy.FetchedAt)
        );
        Assert.Equal(policy.Text.ToArray(), kept.Policy.Text.ToArray());
        Assert.Equal(TestCa.Now.AddDays(3), kept.UsedAt);
    }

    [Fact]
    public async Task A_removal_does_not_take_a_later_policy_along()
    {
        await using var store = Open();
        var old = Policy("example.com", "version: STSv1\nmode: none\nmax_age: 1\n");
        await store.SaveAsync(old with { FetchedAt = old.FetchedAt.AddHours(1) }, Ct);
        await store.RemoveAsync(old, Ct);
        Assert.Single(await store.LoadAsync(Ct).ToListAsync(Ct));

        await store.RemoveAsync(old with { FetchedAt = old.FetchedAt.AddHours(1) }, Ct);
        Assert.Empty(await store.LoadAsync(Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task The_journal_keeps_what_happened_newest_first()
    {
        var domain = DomainName.Parse("example.com");
        PolicyChange[] changes =
        [
            new(domain, TestCa.Now, null, StsMode.Enforce, ChangeCause.Fetched, "new"),
            new(domain, TestCa.Now.AddDays(1), StsMode.Enforce, null, ChangeCause.Expired, "gone; 'quoted'"),
        ];
        await using (var store = Open())
        {
            foreach (var change in changes)
                await store.RecordAsync(change, Ct);
            await store.ChangesAsync(domain, 1, Ct); // waits until they are written
        }

        await using var again = Open();
        Assert.Equal(changes.Reverse(), await again.ChangesAsync(domain, 10, Ct));
        Assert.Single(await again.ChangesAsync(domain, 1, Ct));
        Assert.Empty(await again.ChangesAsync(DomainName.Parse("example.org"), 10, Ct));
    }

    [Fact]
    public async Task The_file_of_a_process_that_was_killed_holds_every_policy_that_was_answered()
    {
        var crashed = System.IO.Path.Combine(_folder.FullName, "crashed.db");
        await using (var store = Open())
        {
            for (var i = 0; i < 50; i++)
                await store.SaveAsync(Policy($"d{i}.example", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct);

            // What the disk holds at this instant, the log beside the file included, as a kill would leave it.
            File.Copy(Path, crashed);
            File.Copy(Path + "-wal", crashed + "-wal");
        }

        await using var after = SqlitePolicyStore.Open(crashed, _clock, _log);
        Assert.Equal(50, (await after.LoadAsync(Ct).ToListAsync(Ct)).Count);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("no database at all")]
    [InlineData("")]
    public async Task A_file_that_is_no_database_does_not_keep_the_daemon_from_starting(string content)
    {
        await File.WriteAllTextAsync(Path, content, Ct);
        await using (var store = Open())
            await store.SaveAsync(Policy("example.com", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct);

        await using var again = Open();
        Assert.Single(await again.LoadAsync(Ct).ToListAsync(Ct));
        if (content.Length == 0)
            return; // an empty file is an empty database

        Assert.Contains(_log.Lines, l => l.Level == LogLevel.Critical && l.Text.Contains("set aside", StringComparison.Ordinal));
        Assert.Equal(
            content,
            await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder.FullName, "*.corrupt-*")), Ct)
        );
    }

    [Fact]
    public async Task A_damaged_database_is_set_aside()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 500; i++)
                await store.SaveAsync(Policy($"d{i}.example", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct);
        }

        await using (var file = File.OpenWrite(Path))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write(Encoding.ASCII.GetBytes(new string('x', (int)file.Length - 4096)));
        }

        await using var again = Open();
        Assert.Empty(await again.LoadAsync(Ct).ToListAsync(Ct));
        Assert.Contains(_log.Lines, l => l.Level == LogLevel.Critical);
        Assert.Single(Directory.GetFiles(_folder.FullName, "*.corrupt-*"));
    }

    [Fact]
    public async Task A_store_in_use_is_said_to_the_operator()
    {
        await using var first = Open();
        Assert.Contains("in use by another process", Assert.Throws<StoreException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_share_commits_and_all_come_back()
    {
        await using (var store = Open())
            await Task.WhenAll(
                Enumerable
                    .Range(0, 3000)
                    .Select(i => store.SaveAsync(Policy($"d{i}.example", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct))
            );

        await using var again = Open();
        Assert.Equal(3000, (await again.LoadAsync(Ct).ToListAsync(Ct)).Count);
    }

    [Fact]
    public async Task Its_size_is_that_of_the_file_and_the_log_beside_it_and_nothing_in_memory()
    {
        await using var store = Open();
        await store.SaveAsync(Policy("example.com", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct);
        var files = new FileInfo(Path).Length + new FileInfo(Path + "-wal").Length;
        Assert.InRange(files, 4096, 1_000_000);
        Assert.Equal(files, store.SizeBytes);

        await using var memory = SqlitePolicyStore.Open(":memory:", _clock, _log);
        await memory.SaveAsync(Policy("example.com", "version: STSv1\nmode: none\nmax_age: 1\n"), Ct);
        Assert.Equal(0, memory.SizeBytes);
    }

    private SqlitePolicyStore Open() => SqlitePolicyStore.Open(Path, _clock, _log);

    private static CachedPolicy Policy(string domain, string text)
    {
        Assert.True(StsPolicy.TryParse(Encoding.UTF8.GetBytes(text), out var policy, out var error), error?.Code);
        return new(DomainName.Parse(domain), policy, Encoding.UTF8.GetBytes(text), "1", TestCa.Now);
    }
}
