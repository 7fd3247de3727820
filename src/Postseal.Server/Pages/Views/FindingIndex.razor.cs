namespace Postseal.Server.Pages.Views;

/// <summary>All findings by what they are about.</summary>
public sealed partial class FindingIndex
{
    private static string Meaning(string level) =>
        level switch
        {
            "breaks" => "senders that check do not deliver to this host.",
            "off" => "the protection that is published has no effect; mail flows on, without a sign.",
            "warn" => "a risk, or a fault without effect today.",
            "unknown" => "nothing could be learnt; this is never a fault.",
            "info" => "a fact worth knowing; nothing needs to be done.",
            _ => "the check ran and nothing is wrong.",
        };
}
