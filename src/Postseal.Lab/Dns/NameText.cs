using Name = ARSoft.Tools.Net.DomainName;

namespace Postseal.Lab.Dns;

/// <summary>The lab's form of a name: absolute, lower case, no final dot.</summary>
internal static class NameText
{
    /// <summary>Reads an owner or target as it stands in a list of records.</summary>
    public static string Absolute(string relative, string domain) =>
        relative switch
        {
            "@" => domain,
            _ when relative.EndsWith('.') => relative[..^1],
            _ => $"{relative}.{domain}",
        };

    /// <summary>A name off the wire. Bytes beyond ASCII match nothing in the lab, so their look is of no matter.</summary>
    public static string Of(Name name) => string.Join('.', name.Labels).ToLowerInvariant();

    /// <summary>A name for the wire, any label content.</summary>
    public static Name ToWire(string name) => name.Length == 0 ? Name.Root : new(name.Split('.'));
}
