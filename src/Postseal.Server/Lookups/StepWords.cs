using Postseal.Checks.Facts;
using Postseal.Protocol;

namespace Postseal.Server.Lookups;

/// <summary>A step of a check in words.</summary>
internal static class StepWords
{
    private const int MaxSubject = 300; // two names and an address

    public static string Of(GatherStep step)
    {
        var subject = PrintableText.Of(step.Subject, MaxSubject);
        return step.Name switch
        {
            "waiting" => "Waiting for a turn: many checks are running",
            "record" => "MTA-STS record read",
            "policy-host" => $"{subject} asked for the policy",
            "policy" => "Policy read",
            "dane" => $"TLSA records of {subject} read (DANE)",
            "tlsrpt" => "TLS report record read",
            "mx" => "MX records read",
            "host" => $"Addresses of {subject} read",
            "session" => $"{subject} probed: SMTP, STARTTLS, certificate",
            _ => "Report addresses looked at",
        };
    }
}
