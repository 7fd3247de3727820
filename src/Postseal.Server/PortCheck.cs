using System.CommandLine;

namespace Postseal.Server;

/// <summary>Options that take a port.</summary>
internal static class PortCheck
{
    /// <summary>Has numbers that are no port refused. What is no number at all is told by the parser.</summary>
    public static T Checked<T>(this T port)
        where T : Option
    {
        port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number is < 0 or > 65535)
                result.AddError($"{port.Name} takes a port from 0 to 65535");
        });
        return port;
    }
}
