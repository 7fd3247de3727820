using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>What a case says about a sender as a whole.</summary>
internal static class CaseRoles
{
    /// <summary>DANE refuses the host, and there is no policy: only a sender without DANE delivers.</summary>
    public const string DaneControl = CaseCatalogue.DaneControlId;

    /// <summary>DANE authenticates a host that MTA-STS refuses.</summary>
    public const string DaneGood = "C22";

    /// <summary>DANE refuses a host that MTA-STS accepts.</summary>
    public const string DaneBad = "C23";

    /// <summary>Asks for TLS reports.</summary>
    public const string Reports = "C25";

    /// <summary>The certificate of <see cref="DaneGood"/> without a TLSA record.</summary>
    public const string Untrusted = "C2";

    /// <summary>Needs the name of the host by SNI.</summary>
    public const string BySni = "C27";

    // Servers with so old a TLS are refused by many senders anyway.
    private const string OldTls = "C24";

    // Policies that are in force and met: nothing may come in clear.
    private static readonly string[] Protected = [CaseCatalogue.ValidId, "C7", DaneGood, "C26", "C27"];

    // These say nothing about MTA-STS.
    private static readonly string[] Others = [CaseCatalogue.ControlId, DaneControl, DaneGood, DaneBad, Reports, "C26"];

    /// <summary>Only a sender that acts on the policy passes it: its server is in order, or its best one is.</summary>
    public static bool NeedsPolicy(string id) => id is "C6" or "C7" or "C18";

    /// <summary>What counts is how a message arrives, not only that one does.</summary>
    public static bool IsAboutTls(SenderCase @case) => @case.Id is not (CaseCatalogue.ControlId or Reports);

    /// <summary>A message that arrives has to arrive over TLS.</summary>
    public static bool NeedsTls(SenderCase @case) => Protected.Contains(@case.Id);

    /// <summary>It is about MTA-STS.</summary>
    public static bool IsSts(string id) => !Others.Contains(id);

    /// <summary>It is about MTA-STS, and a sender without it fails.</summary>
    public static bool Tells(SenderCase @case) =>
        IsSts(@case.Id)
        && @case.Id != OldTls
        && (@case.Id == CaseCatalogue.ValidId || @case.Expected is Expectation.Refuse or Expectation.DeliverToSecond);
}
