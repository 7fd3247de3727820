namespace Postseal.Protocol.MtaSts;

/// <summary>The error codes of <see cref="StsPolicy.TryParse"/> and <see cref="MxPattern.TryParse"/>.</summary>
public static class StsPolicyErrors
{
    /// <summary>Nothing, or nothing but blank lines.</summary>
    public const string Empty = "sts.policy.empty";

    /// <summary>Bytes that are not UTF-8.</summary>
    public const string Utf8 = "sts.policy.utf8";

    /// <summary>A byte order mark at the start.</summary>
    public const string Bom = "sts.policy.bom";

    /// <summary>A CR that is not followed by LF.</summary>
    public const string CarriageReturn = "sts.policy.cr";

    /// <summary>A line that is not <c>key: value</c>: no colon, white space before the key or the colon, a comment.</summary>
    public const string Line = "sts.policy.line";

    /// <summary>No <c>version</c> line.</summary>
    public const string VersionMissing = "sts.policy.version-missing";

    /// <summary>The first <c>version</c> is not <c>STSv1</c>.</summary>
    public const string Version = "sts.policy.version";

    /// <summary>No <c>mode</c> line.</summary>
    public const string ModeMissing = "sts.policy.mode-missing";

    /// <summary>The first <c>mode</c> is none of <c>enforce</c>, <c>testing</c>, <c>none</c>.</summary>
    public const string Mode = "sts.policy.mode";

    /// <summary>No <c>max_age</c> line.</summary>
    public const string MaxAgeMissing = "sts.policy.max-age-missing";

    /// <summary>The first <c>max_age</c> is not 1 to 10 digits.</summary>
    public const string MaxAge = "sts.policy.max-age";

    /// <summary>No <c>mx</c> line, and the mode is not <c>none</c>.</summary>
    public const string MxMissing = "sts.policy.mx-missing";

    /// <summary>An <c>mx</c> value is neither a host name nor <c>*.</c> and a domain.</summary>
    public const string Mx = "sts.policy.mx";

    /// <summary>An <c>mx</c> value holds characters beyond US-ASCII: A-labels are required.</summary>
    public const string MxIdn = "sts.policy.mx-idn";

    /// <summary>A key is not 1 to 32 of letter, digit, <c>_</c>, <c>-</c>, <c>.</c> with a letter or digit first.</summary>
    public const string ExtensionName = "sts.policy.extension-name";

    /// <summary>An ignored line's value is empty or holds a control character.</summary>
    public const string ExtensionValue = "sts.policy.extension-value";
}
