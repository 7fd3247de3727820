namespace Postseal.Benchmarks.World;

/// <summary>What the policies of the world say, and what a socketmap server has to answer for them.</summary>
internal static class Policies
{
    /// <summary>No wildcard, so that every server gives the same 79 bytes.</summary>
    public static string MailHost(string domain) => $"mx10.inbound-servers.{domain}";

    /// <summary>With the driver's mark for the key.</summary>
    public static string Answer { get; } = $"OK secure match={MailHost("{}")} servername=hostname";

    /// <summary>What the bare C server answers to everything.</summary>
    public static string ConstantAnswer { get; } = Answer.Replace("{}", "d000000.bench.test", StringComparison.Ordinal);

    public const string NoAnswer = "NOTFOUND ";
}
