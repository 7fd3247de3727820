namespace Postseal.Protocol.TlsRpt;

/// <summary>The error codes of <see cref="TlsRptRecord.TryParse"/> and <see cref="ReportUri.From"/>.</summary>
public static class TlsRptErrors
{
    /// <summary>The text does not begin with the version <c>v=TLSRPTv1</c>.</summary>
    public const string Version = "tlsrpt.record.version";

    /// <summary>There is no <c>rua</c>.</summary>
    public const string RuaMissing = "tlsrpt.record.rua-missing";

    /// <summary>Not fields separated by single semicolons: an empty field, no <c>=</c>, or white space in the wrong place.</summary>
    public const string Field = "tlsrpt.record.field";

    /// <summary>A field's name is not 1 to 32 of letter, digit, <c>_</c>, <c>-</c>, <c>.</c> with a letter or digit first.</summary>
    public const string ExtensionName = "tlsrpt.record.extension-name";

    /// <summary>An ignored field's value is empty or holds <c>=</c>.</summary>
    public const string ExtensionValue = "tlsrpt.record.extension-value";

    /// <summary>A character that is neither printable US-ASCII nor white space.</summary>
    public const string Character = "tlsrpt.record.character";

    /// <summary>A report address is no URI of RFC 3986, or has <c>!</c> unencoded.</summary>
    public const string UriSyntax = "tlsrpt.uri.syntax";

    /// <summary>A report address has no scheme, or one other than <c>mailto</c> and <c>https</c>.</summary>
    public const string UriScheme = "tlsrpt.uri.scheme";

    /// <summary>A <c>mailto</c> URI does not hold exactly one mail address.</summary>
    public const string UriMailto = "tlsrpt.uri.mailto";

    /// <summary>An <c>https</c> URI without a usable host.</summary>
    public const string UriHttps = "tlsrpt.uri.https";

    internal static readonly RecordErrors Shared = new(Version, Field, ExtensionName, ExtensionValue, Character);
}
