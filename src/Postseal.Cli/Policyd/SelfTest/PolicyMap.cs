using System.Net;
using Postseal.Cli.Policyd.Server;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>One socketmap of <c>smtp_tls_policy_maps</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Place"><c>inet:HOST:PORT</c> or <c>unix:PATH</c>.</param>
/// <param name="Name">The map name, which chooses the dialect.</param>
/// <param name="Proxied">proxymap(8) connects, not smtp(8).</param>
internal sealed record PolicyMap(string Text, string Place, string Name, bool Proxied)
{
    /// <summary>True for the names whose answers carry the attributes for TLS reports.</summary>
    public bool IsTlsRpt => Name is "postfix-tlsrpt" or "QUERYwithTLSRPT";

    /// <summary>All tables of a list, in order; those that are no socketmap have a null map.</summary>
    public static IReadOnlyList<(string Text, PolicyMap? Map)> List(string maps)
    {
        char[] separators = [' ', '\t', ',', '\r', '\n', '{', '}'];
        return [.. maps.Split(separators, StringSplitOptions.RemoveEmptyEntries).Select(t => (t, Parse(t)))];
    }

    /// <summary>True when the map leads to this address.</summary>
    /// <param name="queue">The queue directory: relative paths are below it, and all paths where smtp(8) runs in it.</param>
    public bool LeadsTo(ListenAddress address, bool chroot, string queue) =>
        address switch
        {
            ListenAddress.Inet { EndPoint: var at } => Place.StartsWith("inet:", StringComparison.Ordinal) && LeadsTo(at),
            ListenAddress.Unix { Path: var path } => Place.StartsWith("unix:", StringComparison.Ordinal)
                && SocketPath(chroot, queue) == Path.GetFullPath(path),
            _ => false,
        };

    private string SocketPath(bool chroot, string queue)
    {
        var path = Place["unix:".Length..];
        var below = (chroot && !Proxied) || !path.StartsWith('/');
        return Path.GetFullPath(below ? $"{queue}/{path.TrimStart('/')}" : path, "/");
    }

    private static PolicyMap? Parse(string text)
    {
        var proxied = text.StartsWith("proxy:", StringComparison.Ordinal);
        var plain = proxied ? text["proxy:".Length..] : text;
        const string type = "socketmap:";
        var name = plain.LastIndexOf(':') + 1;
        return plain.StartsWith(type, StringComparison.Ordinal) && name > type.Length && !plain.Contains('\0')
            ? new(text, plain[type.Length..(name - 1)], plain[name..], proxied)
            : null;
    }

    private bool LeadsTo(IPEndPoint ours)
    {
        var text = Place["inet:".Length..];
        if (
            !ListenAddress.TryParse($"inet:{text}", out var read, out _)
            || read is not ListenAddress.Inet { EndPoint: var theirs }
        )
            return false;

        var everywhere = ours.Address.Equals(IPAddress.Any) || ours.Address.Equals(IPAddress.IPv6Any);
        return theirs.Port == ours.Port && (everywhere || theirs.Address.Equals(ours.Address));
    }
}
