namespace Postseal.Protocol.Socketmap;

/// <summary>Which attributes the asking mail server understands. It says so by the map name, since one attribute too many makes it defer all mail.</summary>
public enum Dialect
{
    /// <summary>Level, <c>match</c> and <c>servername</c>: every Postfix since 3.4, and Sendmail.</summary>
    Plain,

    /// <summary>The same and the attributes for TLS reports and MX patterns: Postfix 3.10 and later.</summary>
    TlsRpt,
}

/// <summary>The map names of the socketmap protocol and the dialect each stands for.</summary>
public static class Dialects
{
    /// <summary>The dialect of a map name; a name that is not known gets the plain one, which every server understands.</summary>
    /// <param name="mapName">As sent, case-sensitive.</param>
    /// <param name="isKnown">False for a name that is neither ours nor that of another policy server, perhaps a typing error.</param>
    public static Dialect Of(ReadOnlySpan<byte> mapName, out bool isKnown)
    {
        isKnown = true;
        // The second name of each pair is what users of postfix-tlspol have in main.cf; "sts" is the map of Sendmail's FEATURE(sts).
        if (mapName.SequenceEqual("postfix-tlsrpt"u8) || mapName.SequenceEqual("QUERYwithTLSRPT"u8))
            return Dialect.TlsRpt;

        isKnown =
            mapName.SequenceEqual("postfix"u8)
            || mapName.SequenceEqual("QUERY"u8)
            || mapName.SequenceEqual("sendmail"u8)
            || mapName.SequenceEqual("sts"u8);
        return Dialect.Plain;
    }
}
