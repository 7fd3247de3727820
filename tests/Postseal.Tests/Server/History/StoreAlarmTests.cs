using Postseal.Server.Store;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Server.History;

/// <summary>A store that fails is told of once.</summary>
public sealed class StoreAlarmTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-alarm-").FullName;
    private readonly StoreMeter _meter = new();
    private readonly LogLines _log = new();
    private readonly WatchedClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_store_that_is_full_is_told_of_once_read_all_the_while_and_works_again_by_itself()
    {
        var alarm = new StoreAlarm(_meter, _clock, _log);
        await using var database = await Database.OpenSqliteAsync(_folder, TimeProvider.System, alarm, Ct);
        var isFull = true;
        for (var n = 0; n < 20; n++)
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => WriteAsync($"x{n}"));
        Assert.True(alarm.WritesFail);
        Assert.Empty(await NamesAsync());
        isFull = false;
        await WriteAsync("y");

        Assert.False(alarm.WritesFail);
        Assert.Equal(["y"], await NamesAsync());
        Assert.Equal(2, _log.Lines.Count);
        Assert.StartsWith(
            "the store cannot be written to: the disk that holds the database '",
            _log.Lines[0].Text,
            StringComparison.Ordinal
        );
        Assert.Equal("the store works again", _log.Lines[1].Text);

        Task<List<string>> NamesAsync() =>
            database.ReadAsync((c, t) => c.QueryAsync("SELECT name FROM secrets", [], r => r.GetString(0), t), Ct);

        // SQLite says the same of a file that may not grow as of a disk that is full.
        Task<int> WriteAsync(string name) =>
            database.WriteAsync(
                async (c, t) =>
                {
                    await c.RunAsync($"PRAGMA max_page_count = {(isFull ? 1 : 1_000_000)}", [], t);
                    return await c.RunAsync(
                        "INSERT INTO secrets VALUES (@name, @value)",
                        [("@name", name), ("@value", new string('v', 100_000))],
                        t
                    );
                },
                Ct
            );
    }

    [Fact]
    public void Small_writes_that_work_between_large_ones_that_fail_do_not_fill_the_log()
    {
        var alarm = new StoreAlarm(_meter, _clock, _log);
        for (var n = 0; n < 1000; n++)
        {
            alarm.WriteFailed("full");
            alarm.WriteWorked();
        }

        Assert.Equal(2, _log.Lines.Count);
        _clock.Advance(TimeSpan.FromMinutes(11));
        alarm.WriteFailed("full");
        Assert.Equal(3, _log.Lines.Count);
    }
}
