using System.Net;
using System.Text.Json.Serialization;

namespace Postseal.Lab.Watching;

/// <summary>Something that a peer did in the lab: who asked for what, and when. What a sender test stands on.</summary>
/// <param name="At">When.</param>
/// <param name="Client">The peer's address; null where it is not known.</param>
public abstract record Observation(DateTimeOffset At, IPAddress? Client)
{
    /// <summary>The name that it is about: the one asked for in DNS, or the server reached.</summary>
    [JsonIgnore] // what is kept of an observation says it once
    public string Place =>
        this switch
        {
            Asked o => o.Name,
            Fetched o => o.Host,
            Reported o => o.Host,
            HandshakeFailed o => o.Host,
            Connected o => o.Host,
            Greeted o => o.Host,
            Secured o => o.Host,
            Addressed o => o.Host,
            Delivered o => o.Host,
            Left o => o.Host,
            Bounced o => o.Recipient[(o.Recipient.IndexOf('@', StringComparison.Ordinal) + 1)..],
            _ => "",
        };

    /// <summary>The recipient that it names, lower case; null where it names none. Text from outside.</summary>
    [JsonIgnore] // the same
    public string? NamedRecipient =>
        this switch
        {
            Addressed o => o.Recipient,
            Delivered o => o.Recipient,
            Bounced o => o.Recipient,
            _ => null,
        };

    /// <summary>A DNS question. A resolver between hides how often and by whom it was asked.</summary>
    /// <param name="Name">Lower case, without the final dot.</param>
    /// <param name="Type"><c>TXT</c>, <c>MX</c>, <c>A</c>, <c>AAAA</c>, <c>TLSA</c> …</param>
    public sealed record Asked(DateTimeOffset At, IPAddress? Client, string Name, string Type) : Observation(At, Client)
    {
        /// <summary>The <c>id</c> that the answer told of, where it was an MTA-STS record in order (RFC 8461 §3.1); null for all else.</summary>
        public string? PolicyId { get; init; }
    }

    /// <summary>A policy was asked for over HTTPS.</summary>
    /// <param name="Host">The policy host reached.</param>
    /// <param name="Path">The path asked for.</param>
    /// <param name="UserAgent">As sent, or null; text from outside.</param>
    /// <param name="Status">What was answered.</param>
    public sealed record Fetched(DateTimeOffset At, IPAddress? Client, string Host, string Path, string? UserAgent, int Status)
        : Observation(At, Client);

    /// <summary>A TLS report was taken over HTTPS; its body has been dropped.</summary>
    /// <param name="Host">The server reached.</param>
    /// <param name="ContentType">As sent; text from outside.</param>
    /// <param name="Length">In bytes, as sent.</param>
    public sealed record Reported(DateTimeOffset At, IPAddress? Client, string Host, string ContentType, long Length)
        : Observation(At, Client)
    {
        /// <summary>The domain that it is about, lower case; null where it is no report. Text from outside.</summary>
        public string? Domain { get; init; }

        /// <summary>The time that it is about; null where it does not say.</summary>
        public ReportPeriod? Period { get; init; }
    }

    /// <summary>A handshake did not come about.</summary>
    /// <param name="Host">The server reached: a policy host or a mail server.</param>
    /// <param name="Reason">The alert or error, as the TLS library tells it.</param>
    public sealed record HandshakeFailed(DateTimeOffset At, IPAddress? Client, string Host, string Reason)
        : Observation(At, Client);

    /// <summary>A connection to a mail server.</summary>
    /// <param name="Host">The mail server's name.</param>
    public sealed record Connected(DateTimeOffset At, IPAddress? Client, string Host) : Observation(At, Client);

    /// <summary>EHLO or HELO.</summary>
    /// <param name="Name">The name given; text from outside.</param>
    public sealed record Greeted(DateTimeOffset At, IPAddress? Client, string Host, string Name, bool OverTls)
        : Observation(At, Client);

    /// <summary>STARTTLS succeeded.</summary>
    /// <param name="Sni">The name asked for, or null.</param>
    /// <param name="Protocol">For example <c>TLSv1.3</c>.</param>
    /// <param name="Cipher">The cipher suite, or null where the library does not tell.</param>
    public sealed record Secured(DateTimeOffset At, IPAddress? Client, string Host, string? Sni, string Protocol, string? Cipher)
        : Observation(At, Client);

    /// <summary>RCPT.</summary>
    /// <param name="Recipient">The address, lower case; text from outside.</param>
    /// <param name="Accepted">Whether it was taken.</param>
    public sealed record Addressed(
        DateTimeOffset At,
        IPAddress? Client,
        string Host,
        string Recipient,
        bool OverTls,
        bool Accepted
    ) : Observation(At, Client);

    /// <summary>A message was taken for one recipient; but for what is said here it has been dropped.</summary>
    /// <param name="OverTls">Over TLS.</param>
    public sealed record Delivered(DateTimeOffset At, IPAddress? Client, string Host, string Recipient, bool OverTls)
        : Observation(At, Client)
    {
        /// <summary>The envelope sender, empty for the null sender; text from outside.</summary>
        public string Sender { get; init; } = "";

        /// <summary>The header field TLS-Required (RFC 8689 §3), or null; text from outside.</summary>
        public string? TlsRequired { get; init; }

        /// <summary>The header field TLS-Report-Domain (RFC 8460 §5.3), or null; text from outside.</summary>
        public string? ReportDomain { get; init; }

        /// <summary>The header field TLS-Report-Submitter (RFC 8460 §5.3), or null; text from outside.</summary>
        public string? ReportSubmitter { get; init; }

        /// <summary>The time that a TLS report is about, as its file name tells (RFC 8460 §5.1); null where there is none.</summary>
        public ReportPeriod? Period { get; init; }
    }

    /// <summary>A connection to a mail server ended.</summary>
    public sealed record Left(DateTimeOffset At, IPAddress? Client, string Host) : Observation(At, Client);

    /// <summary>What a bounce says, or a log: not seen here, but brought by a person.</summary>
    /// <param name="Recipient">The address, lower case.</param>
    /// <param name="Action"><c>failed</c>, <c>delayed</c> … (RFC 3464 §2.3.3); text from outside, or null.</param>
    /// <param name="Status">The enhanced status code (RFC 3463), or null.</param>
    /// <param name="Text">The reason; text from outside.</param>
    public sealed record Bounced(DateTimeOffset At, string Recipient, string? Action, string? Status, string Text)
        : Observation(At, null);
}
