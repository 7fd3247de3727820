using System.CommandLine;

namespace Postseal.Server.Configuration;

/// <summary><c>postseal-server config check</c>: everything that is wrong with a file, or what would run with it.</summary>
internal static class ConfigCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var argument = new Argument<string?>("FILE")
        {
            Description = $"The configuration (default: {ServerReading.StandardFile}).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = new Option<string?>("--config") { Description = "The same.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "The data folder, for the summary.", HelpName = "DIR" };
        var check = new Command("check", "Say everything that is wrong with it, or what would run.") { argument, config, data };
        check.SetAction(
            async (parsed, ct) =>
            {
                var file = parsed.GetValue(argument) ?? parsed.GetValue(config);
                var reading = ServerReading.Read(file, parsed.GetValue(data), Environment.GetEnvironmentVariable);
                foreach (var warning in reading.Warnings)
                    await ServerApp.SayAsync(error, $"warning: {warning}", ct);

                if (reading.Configuration is not { } configuration)
                    return await ServerApp.FailAsync(error, reading.Problems, ct);

                var text = $"{file ?? ServerReading.StandardFile}: fine\n{Summary.Of(configuration)}";
                await output.WriteAsync(text.AsMemory(), ct);
                return 0;
            }
        );
        return new("config", "About the configuration.") { check };
    }
}
