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

/// <summary>A store whose disk fails while the daemon runs: nobody waits for long, nothing is lost, and the log is not flooded.</summary>
public sealed class StoreFailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postseal-store-");
    private readonly FakeTimeProvider _clock = new(TestCa.Now);
    private readonly LogLines _log = new();

    private string Path => System.IO.Path.Combine(_folder.FullName, "policies.db");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_cannot_be_written_waits_in_memory_and_is_written_when_the_disk_is_well_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The failing disk is made with /proc.");
        await using (var store = Open())
        {
            await store.SaveAsync(Policy("before.example"), Ct);
            using (new FailingDisk(Path + "-wal"))
            {
                // More than one commit takes.
                var saving = Enumerable.Range(0, 700).Select(i => store.SaveAsync(Policy($"d{i}.example"), Ct)).ToList();
                await store.RecordAsync(Change("d1.example"), Ct);
                _clock.Advance(TimeSpan.FromSeconds(2));
                await Task.WhenAll(saving); // an answer waits for the disk no longer than this
                Assert.Equal(["before.example"], (await store.LoadAsync(Ct).ToListAsync(Ct)).Select(k => k.Policy.Domain.Value));

                await RetryUntilAsync(() => store.Failures > 300);
                Assert.Single(Lines(LogLevel.Error));
                await RetryUntilAsync(() => store.Failures > 361);
                Assert.Equal(2, Lines(LogLevel.Error).Count);
            }

            await RetryUntilAsync(() => Lines(LogLevel.Information).Count > 0);
            await store.SaveAsync(Policy("after.example"), Ct);
        }

        await using var again = Open();
        Assert.Equal(702, (await again.LoadAsync(Ct).ToListAsync(Ct)).Count);
        Assert.Single(await again.ChangesAsync(DomainName.Parse("d1.example"), 10, Ct));
        Assert.Equal(2, Lines(LogLevel.Error).Count);
        Assert.Contains("can be written to again", Assert.Single(Lines(LogLevel.Information)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fails_does_not_hold_up_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The failing disk is made with /proc.");
        var store = Open();
        await store.SaveAsync(Policy("before.example"), Ct);
        using (new FailingDisk(Path + "-wal"))
        {
            var saving = store.SaveAsync(Policy("lost.example"), Ct);
            await store.DisposeAsync();
            _clock.Advance(TimeSpan.FromSeconds(2));
            await saving;
        }

        await using var again = Open();
        Assert.Equal(["before.example"], (await again.LoadAsync(Ct).ToListAsync(Ct)).Select(k => k.Policy.Domain.Value));
    }

    [Fact]
    public async Task A_store_damaged_while_running_is_replaced_and_though_that_fails_at_first_nothing_new_is_lost()
    {
        var away = _folder.FullName + "-away";
        await using var store = Open();
        // More than SQLite keeps in its memory, so that it has to read what we do to the file.
        var text = new string('x', 20_000);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => store.SaveAsync(Policy($"d{i}.example", text), Ct)));
        Array.ForEach([Path, Path + "-wal"], Damage);
        Directory.Move(_folder.FullName, away);

        var saving = Enumerable.Range(0, 400).Select(i => store.SaveAsync(Policy($"d{i}.example"), Ct)).ToList();
        await RetryUntilAsync(() => Lines(LogLevel.Error).Count > 0);
        await RetryUntilAsync(() => store.Failures > 3);
        await Task.WhenAll(saving);
        Assert.Empty(await store.ChangesAsync(DomainName.Parse("d1.example"), 1, Ct));

        Directory.Move(away, _folder.FullName);
        await RetryUntilAsync(() => Lines(LogLevel.Information).Count > 0);
        Assert.Equal(400, (await store.LoadAsync(Ct).ToListAsync(Ct)).Count);
        Assert.Contains("set aside", Assert.Single(Lines(LogLevel.Critical)), StringComparison.Ordinal);
    }

    private static void Damage(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, Encoding.ASCII.GetBytes(new string('x', (int)RandomAccess.GetLength(handle))), 0);
    }

    /// <summary>Lets the pause between two attempts pass until something is so.</summary>
    private async Task RetryUntilAsync(Func<bool> isSo)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
            Assert.False(deadline.IsCancellationRequested, string.Join('\n', _log.Lines));
        }
    }

    private List<string> Lines(LogLevel level) => [.. _log.Lines.Where(l => l.Level == level).Select(l => l.Text)];

    private SqlitePolicyStore Open() => SqlitePolicyStore.Open(Path, _clock, _log);

    private static PolicyChange Change(string domain) =>
        new(DomainName.Parse(domain), TestCa.Now, null, StsMode.None, ChangeCause.Fetched, "new");

    private static CachedPolicy Policy(string domain, string extra = "y")
    {
        var text = Encoding.UTF8.GetBytes($"version: STSv1\nmode: none\nmax_age: 1\nx: {extra}\n");
        Assert.True(StsPolicy.TryParse(text, out var policy, out var error), error?.Code);
        return new(DomainName.Parse(domain), policy, text, "1", TestCa.Now);
    }
}
