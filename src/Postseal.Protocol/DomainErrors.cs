namespace Postseal.Protocol;

/// <summary>The error codes of <see cref="DomainName.TryParse"/>.</summary>
public static class DomainErrors
{
    /// <summary>No text.</summary>
    public const string Empty = "domain.empty";

    /// <summary>An empty label.</summary>
    public const string LabelEmpty = "domain.label-empty";

    /// <summary>A label of more than 63 octets.</summary>
    public const string LabelLength = "domain.label-length";

    /// <summary>A name of more than 253 octets.</summary>
    public const string Length = "domain.length";

    /// <summary>A label begins or ends with a hyphen.</summary>
    public const string Hyphen = "domain.hyphen";

    /// <summary>An ASCII character other than letter, digit, hyphen, underscore and dot.</summary>
    public const string Character = "domain.character";

    /// <summary>An address, or a last label that is a number: <c>1</c>, <c>0x7f</c>, <c>0x</c>. Programs that read addresses take such a name for one.</summary>
    public const string Address = "domain.address";

    /// <summary>A label that cannot be made an A-label: a character that is no letter or digit, or not one of a script known here.</summary>
    public const string Idn = "domain.idn";

    /// <summary>A combining mark that might compose with the letter before it.</summary>
    public const string IdnCombining = "domain.idn-combining";
}
