using System.Data.Common;

namespace Postseal.Server.Store;

/// <summary>Short forms of plain ADO.NET. The SQL is the same for SQLite and PostgreSQL.</summary>
internal static class Statements
{
    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public static async Task<int> RunAsync(
        this DbConnection connection,
        string sql,
        IReadOnlyList<(string Name, object? Value)> values,
        CancellationToken ct
    )
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Runs a query and reads every row.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this DbConnection connection,
        string sql,
        IReadOnlyList<(string Name, object? Value)> values,
        Func<DbDataReader, T> read,
        CancellationToken ct
    )
    {
        await using var command = Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));

        return rows;
    }

    /// <summary>A column that holds a time.</summary>
    public static DateTimeOffset Time(this DbDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    // SQLite has one transaction per connection, and PostgreSQL's driver knows its own: neither needs to be told of it here.
    private static DbCommand Command(DbConnection connection, string sql, IReadOnlyList<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value switch
            {
                null => DBNull.Value,
                DateTimeOffset time => time.ToUnixTimeMilliseconds(),
                _ => value,
            };
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
