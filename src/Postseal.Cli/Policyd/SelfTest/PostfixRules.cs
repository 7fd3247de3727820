namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Judges Postfix's configuration: a pure function, so that every case is a line in a table of tests.</summary>
internal static class PostfixRules
{
    public static IReadOnlyList<SelfTestFinding> Judge(PostfixFacts facts, OurSide ours)
    {
        var version = facts.Version is { } known
            ? SelfTestFinding.Ok("postfix", $"Postfix {known} is installed{(facts.Chroot ? "; smtp runs in a chroot" : "")}.")
            : SelfTestFinding.Unknown("postfix", $"Postfix says that its version is '{MapRules.Shown(facts["mail_version"])}'.");
        return [version, .. MapRules.Judge(facts, ours), .. TlsRules.Judge(facts, ours)];
    }
}
