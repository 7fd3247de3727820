using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.History;

/// <summary>A SQLite file as an earlier version has left it.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-old-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Documents_that_stood_twice_stand_once_and_large_ones_are_shortened()
    {
        await using (
            var connection = new Microsoft.Data.Sqlite.SqliteConnection(
                $"Data Source={Path.Combine(_folder, Database.FileName)};Pooling=False"
            )
        )
        {
            await connection.OpenAsync(Ct);
            await OldDatabase.FillAsync(connection, Ct);
        }

        await OldDatabase.AssertMovedAsync(ct => Database.OpenSqliteAsync(_folder, TimeProvider.System, ct), Ct);
    }
}
