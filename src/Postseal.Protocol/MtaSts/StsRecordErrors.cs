namespace Postseal.Protocol.MtaSts;

/// <summary>The error codes of <see cref="StsRecord.TryParse"/>.</summary>
public static class StsRecordErrors
{
    /// <summary>The text does not begin with the version <c>v=STSv1</c>.</summary>
    public const string Version = "sts.record.version";

    /// <summary>There is no <c>id</c>.</summary>
    public const string IdMissing = "sts.record.id-missing";

    /// <summary>The first <c>id</c> is not 1 to 32 letters and digits.</summary>
    public const string IdSyntax = "sts.record.id-syntax";

    /// <summary>Not fields separated by single semicolons: an empty field, no <c>=</c>, or white space in the wrong place.</summary>
    public const string Field = "sts.record.field";

    /// <summary>A field's name is not 1 to 32 of letter, digit, <c>_</c>, <c>-</c>, <c>.</c> with a letter or digit first.</summary>
    public const string ExtensionName = "sts.record.extension-name";

    /// <summary>An ignored field's value is empty or holds <c>=</c>.</summary>
    public const string ExtensionValue = "sts.record.extension-value";

    /// <summary>A character that is neither printable US-ASCII nor white space.</summary>
    public const string Character = "sts.record.character";

    internal static readonly RecordErrors Shared = new(Version, Field, ExtensionName, ExtensionValue, Character);
}
