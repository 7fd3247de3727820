using System.Diagnostics.CodeAnalysis;
using System.Net;
using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Server;

/// <summary>Where the server listens. <c>ToString</c> gives the text that <see cref="TryParse"/> reads.</summary>
internal abstract record ListenAddress
{
    /// <summary>The mode of a UNIX socket that names none: Postfix's smtp(8) processes run as another user, and the answers are no secret.</summary>
    public const UnixFileMode DefaultMode = (UnixFileMode)0b110_110_110;

    /// <summary>The mode of a socket for its owner, and for root, who may everything.</summary>
    public const UnixFileMode OwnerOnly = (UnixFileMode)0b110_000_000;

    private const int MaxShown = 200; // of a text that is no address: the longest good one, and what is wrong with it shows
    private const int MaxUnixPath = 107; // sun_path of unix(7) without the final NUL

    private ListenAddress() { }

    /// <summary><c>inet:127.0.0.1:8461</c>, <c>inet:[::1]:8461</c>.</summary>
    public sealed record Inet(IPEndPoint EndPoint) : ListenAddress
    {
        public override string ToString() => $"inet:{EndPoint}";
    }

    /// <summary><c>unix:/path[,mode=0666][,owner=USER[:GROUP]]</c>.</summary>
    public sealed record Unix(string Path, UnixFileMode Mode, string? Owner, string? Group) : ListenAddress
    {
        public override string ToString() =>
            $"unix:{Path},mode=0{Convert.ToString((int)Mode, 8).PadLeft(3, '0')}"
            + (Owner is null ? "" : $",owner={Owner}")
            + (Group is null ? "" : $":{Group}");
    }

    /// <summary>A listening socket handed over at start (systemd's socket activation). Its file is the giver's to make and to remove.</summary>
    public sealed record Inherited(int Descriptor, string Text) : ListenAddress
    {
        public override string ToString() => Text;
    }

    /// <summary>Reads what <c>--listen</c> takes.</summary>
    /// <param name="problem">A sentence that says what is wrong.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out ListenAddress? address,
        [NotNullWhen(false)] out string? problem
    )
    {
        (address, problem) =
            text.StartsWith("inet:", StringComparison.Ordinal) ? ParseInet(text["inet:".Length..])
            : text.StartsWith("unix:", StringComparison.Ordinal) ? ParseUnix(text["unix:".Length..])
            : (null, "an address to listen on begins with inet: or unix:");
        if (problem is not null)
            problem = $"'{PrintableText.Of(text, MaxShown)}': {problem}";

        return address is not null;
    }

    private static (ListenAddress?, string?) ParseInet(string text)
    {
        var (address, problem) = EndPointText.Parse(text, "inet: needs an address and a port, such as inet:127.0.0.1:8461");
        return (address is null ? null : new Inet(address), problem);
    }

    private static (ListenAddress?, string?) ParseUnix(string text)
    {
        var parts = text.Split(',');
        if (!parts[0].StartsWith('/') || parts[0].EndsWith('/'))
            return (null, "the path of a UNIX socket begins with / and names a file");

        if (System.Text.Encoding.UTF8.GetByteCount(parts[0]) > MaxUnixPath || parts[0].Contains('\0'))
            return (null, $"the path of a UNIX socket has at most {MaxUnixPath} bytes");

        var address = new Unix(parts[0], DefaultMode, null, null);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts[1..])
        {
            var (name, value) = part.Split('=', 2) is [var n, var v] ? (n, v) : (part, "");
            if (!seen.Add(name))
                return (null, $"{PrintableText.Of(name, MaxShown)}= is given twice");

            var next = name switch
            {
                "mode" => WithMode(address, value),
                "owner" => WithOwner(address, value),
                _ => (
                    null,
                    $"'{PrintableText.Of(part, MaxShown)}' is not an option of a UNIX socket; there are mode=0666 and owner=USER[:GROUP]"
                ),
            };
            if (next.Address is null)
                return next;

            address = next.Address;
        }

        return (address, null);
    }

    private static (Unix? Address, string? Problem) WithMode(Unix address, string value) =>
        value.Length is 3 or 4 && value.All(c => c is >= '0' and <= '7') && (value.Length == 3 || value[0] == '0')
            ? (address with { Mode = (UnixFileMode)Convert.ToInt32(value, 8) }, null)
            : (null, "mode= takes three octal digits, such as mode=0660");

    private static (Unix? Address, string? Problem) WithOwner(Unix address, string value) =>
        value.Split(':') switch
        {
            [{ Length: > 0 } user] => (address with { Owner = user }, null),
            [{ Length: > 0 } user, { Length: > 0 } group] => (address with { Owner = user, Group = group }, null),
            _ => (null, "owner= takes USER or USER:GROUP"),
        };
}
