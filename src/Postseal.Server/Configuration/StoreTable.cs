using Npgsql;
using Postseal.Checks.Setup;

namespace Postseal.Server.Configuration;

/// <summary>Reads <c>[store]</c>.</summary>
internal sealed class StoreTable(GivenValues<ServerSetting> values)
{
    private const int MaxHistoryDays = 36_500;
    private const int MinHistoryMegabytes = 64; // below it a network's share of a day is less than two large checks an hour
    private const int MaxHistoryMegabytes = 1024 * 1024; // a terabyte; the figure beyond it is a mistake

    /// <summary>The settings; good only if there is no problem afterwards.</summary>
    public StoreSettings Read()
    {
        var standard = new StoreSettings();
        return new()
        {
            Postgres = Postgres(),
            HistoryDays = values.Number(ServerSetting.HistoryDays, standard.HistoryDays, 1, MaxHistoryDays),
            HistoryMegabytes = values.Number(
                ServerSetting.HistoryMegabytes,
                standard.HistoryMegabytes,
                MinHistoryMegabytes,
                MaxHistoryMegabytes
            ),
        };
    }

    // The text is not shown: it may hold a password.
    private Secret? Postgres()
    {
        if (values.Text(ServerSetting.Postgres) is not { } text)
            return null;

        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
                return new(text);

            values.Add(ServerSetting.Postgres, " names no Host");
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or FormatException
                        or InvalidCastException
                        or KeyNotFoundException
                        or NotSupportedException
                        or OverflowException
            )
        {
            values.Add(
                ServerSetting.Postgres,
                " takes a connection string, such as \"Host=/run/postgresql;Database=postseal;Username=postseal\""
            );
        }

        return null;
    }
}
