using Postseal.Lab.Tls;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults in reaching a TLS session with a mail server.</summary>
internal static class MxReachDomains
{
    public static LabDomain[] All { get; } =
    [
        Good("smtp-unreachable", "Nothing listens at the MX host's address").NoReceiver(),
        Good("smtp-blocked-us", "The MX host turns us away with 554")
            .Receiver(r => r with { Greeting = "554 5.7.1 Your address has a poor reputation" }),
        Good("smtp-greylisted", "The MX host asks to come back later")
            .Receiver(r => r with { Greeting = "450 4.7.1 Greylisted, please try again in five minutes" }),
        Good("smtp-slow-greet", "The MX host greets after twelve seconds")
            .Receiver(r => r with { GreetingDelay = TimeSpan.FromSeconds(12) }),
        Good("starttls-missing", "The MX host does not offer STARTTLS")
            .Receiver(r => r with { OffersStartTls = false, StartTlsReply = "502 5.5.1 Command not implemented" }),
        Good("starttls-hidden", "STARTTLS works but is not offered").Receiver(r => r with { OffersStartTls = false }),
        Good("starttls-handshake", "The TLS handshake fails").ReceiverTls(new() { Break = TlsBreak.HandshakeFailure }),
    ];

    private static LabDomain NoReceiver(this LabDomain domain) =>
        domain.AddReverse(domain.Address(25), "mx1") with
        {
            Receivers = [],
        };
}
