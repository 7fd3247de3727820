using System.CommandLine;
using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary><c>postseal-server</c> and <c>postseal-server run</c>: serves until it is told to stop.</summary>
internal sealed class RunCommand
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = $"The configuration (default: {ServerReading.StandardFile}).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"The folder for everything that is kept (default: {ServerConfiguration.StandardData}).",
        HelpName = "DIR",
    };

    private readonly TextWriter _error;

    private RunCommand(TextWriter error) => _error = error;

    /// <summary>The verb <c>run</c>.</summary>
    public static Command Create(TextWriter error)
    {
        var command = new Command("run", "Serve the lookup site; the same as without a verb.");
        AddTo(command, error);
        return command;
    }

    /// <summary>Lets a command do this.</summary>
    public static void AddTo(Command command, TextWriter error)
    {
        var run = new RunCommand(error);
        command.Add(run._config);
        command.Add(run._data);
        command.SetAction((parsed, ct) => run.RunAsync(parsed, TimeProvider.System, ct));
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken ct)
    {
        var reading = ServerReading.Read(parsed.GetValue(_config), parsed.GetValue(_data), Environment.GetEnvironmentVariable);
        foreach (var warning in reading.Warnings)
            await ServerApp.SayAsync(_error, $"warning: {warning}", ct);

        if (reading.Configuration is not { } configuration)
            return await ServerApp.FailAsync(_error, reading.Problems, ct);

        try
        {
            var manager = new ServiceManager(Environment.GetEnvironmentVariable, clock);
            await using var server = await SiteServer.StartAsync(configuration, clock, ct);
            manager.Ready();
            await manager.WaitAsync(ct);
            manager.Stopping();
            return 0;
        }
        catch (SiteStartException e)
        {
            return await ServerApp.FailAsync(_error, [e.Message], ct);
        }
    }
}
