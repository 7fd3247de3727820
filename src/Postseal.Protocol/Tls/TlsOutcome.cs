namespace Postseal.Protocol.Tls;

/// <summary>What came of asking one SMTP server address for TLS: the part of a session that a policy is judged against.</summary>
public abstract record TlsOutcome
{
    private TlsOutcome() { }

    /// <summary>A TLS session stands.</summary>
    /// <param name="Protocol">For example <c>TLSv1.3</c>.</param>
    /// <param name="CipherSuite">IANA name of the cipher suite.</param>
    /// <param name="Chain">What the server presented.</param>
    public sealed record Established(string Protocol, string CipherSuite, PresentedChain Chain) : TlsOutcome;

    /// <summary>STARTTLS is not advertised (RFC 8460 <c>starttls-not-supported</c>).</summary>
    public sealed record NotOffered : TlsOutcome;

    /// <summary>STARTTLS was advertised and answered other than 220.</summary>
    /// <param name="ReplyCode">The reply, for example 454.</param>
    public sealed record CommandRefused(int ReplyCode) : TlsOutcome;

    /// <summary>The handshake failed, or the server broke the protocol around it (RFC 8460 <c>validation-failure</c>).</summary>
    /// <param name="Reason">Alert or library text, spaces as <c>_</c>; <c>protocol-version</c> when nothing newer than TLS 1.1 is offered.</param>
    public sealed record HandshakeFailed(string Reason) : TlsOutcome;

    /// <summary>No TLS question could be put: no connection, no greeting, a refusal before EHLO. Says nothing about the domain.</summary>
    /// <param name="Reason">Short code such as <c>tcp-refused</c>, <c>tcp-timeout</c>, <c>greeting-timeout</c>, <c>smtp-554</c>.</param>
    public sealed record Unknown(string Reason) : TlsOutcome;
}
