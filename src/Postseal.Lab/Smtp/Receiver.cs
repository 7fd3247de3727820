using System.Collections.Immutable;
using System.Net;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Smtp;

/// <summary>One mail server: an address and how it behaves. The defaults are a healthy MX that takes no mail from anyone.</summary>
/// <param name="Host">Its name, absolute.</param>
/// <param name="Address">A loopback address of its own.</param>
public sealed record Receiver(string Host, IPAddress Address)
{
    /// <summary>How it does TLS.</summary>
    public TlsFace Tls { get; init; } = TlsFace.Good;

    /// <summary>The name its address leads back to; null for none. Absolute.</summary>
    public string? ReverseName { get; init; } = Host;

    /// <summary>The greeting, without line end, sent as Latin-1. After any other than 220 the server closes.</summary>
    public string Greeting { get; init; } = $"220 {Host} ESMTP";

    /// <summary>How long it waits before greeting; infinite for a server that never does.</summary>
    public TimeSpan GreetingDelay { get; init; }

    /// <summary>It greets and then says nothing more.</summary>
    public bool FallsSilent { get; init; }

    /// <summary>What EHLO offers, STARTTLS apart. Without REQUIRETLS (RFC 8689 §2) no sender can ask for it: who must have it goes elsewhere.</summary>
    public ImmutableArray<string> Keywords { get; init; } = ["PIPELINING", "SIZE 26214400", "8BITMIME", "ENHANCEDSTATUSCODES"];

    /// <summary>Whether EHLO offers STARTTLS.</summary>
    public bool OffersStartTls { get; init; } = true;

    /// <summary>The reply to STARTTLS; a handshake follows 220 only.</summary>
    public string StartTlsReply { get; init; } = "220 2.0.0 Ready to start TLS";

    /// <summary>In clear all but NOOP, QUIT and STARTTLS gets 530 (RFC 3207 §4), even EHLO: nothing less shows to a client that sends no mail.</summary>
    public bool InsistsOnTls { get; init; }

    /// <summary>Whose mail it takes, by the recipient in lower case; null: nobody's. A message taken is dropped but for what <see cref="Watching.Observation.Delivered"/> tells: nothing is passed on.</summary>
    public Func<string, bool>? Accepts { get; init; }

    /// <summary>The reply to MAIL where a good one is due; null: 250.</summary>
    public string? MailReply { get; init; }

    /// <summary>The reply to RCPT for those it accepts; null: 250.</summary>
    public string? RcptReply { get; init; }

    /// <summary>The reply to DATA where a good one is due; null: 354, which a message follows.</summary>
    public string? DataReply { get; init; }

    /// <summary>The reply to the message itself; null: 250.</summary>
    public string? MessageReply { get; init; }
}
