namespace Postseal.SystemTests.Sites;

/// <summary>
/// One mail domain of the test Internet. As it comes it is healthy: one MX with STARTTLS and a good certificate, an enforce policy that
/// covers it, a TLS report record. A story changes the one thing it is about.
/// </summary>
/// <param name="Name">First label of the domain.</param>
public sealed record Site(string Name)
{
    /// <summary>The zone it lives in.</summary>
    public Zone Zone { get; init; } = Zone.Plain;

    /// <summary>The policy's mode; null publishes neither policy nor record.</summary>
    public string? Mode { get; init; } = "enforce";

    /// <summary>The policy's mx lines; null lists every MX host.</summary>
    public IReadOnlyList<string>? Listed { get; init; }

    /// <summary>Who serves the policy; null leaves the port closed.</summary>
    public PolicyHost? PolicyHost { get; init; } = new();

    /// <summary>The MX hosts, in order of preference.</summary>
    public IReadOnlyList<Mx> Mx { get; init; } = [new("mx1")];

    /// <summary>Names below the domain that are zones of their own, with a fault.</summary>
    public IReadOnlyList<Cut> Cuts { get; init; } = [];

    /// <summary>The domain's name.</summary>
    public string Domain => $"{Name}.{Zone.Origin}";
}

/// <summary>A zone of the test Internet.</summary>
/// <param name="Origin">Its name.</param>
/// <param name="Signing">What its signatures are worth; unbound holds a trust anchor for each signed zone.</param>
public sealed record Zone(string Origin, Signing Signing)
{
    /// <summary>No DNSSEC.</summary>
    public static Zone Plain { get; } = new("plain.test", Signing.None);

    /// <summary>DNSSEC in order.</summary>
    public static Zone Secure { get; } = new("secure.test", Signing.Valid);

    /// <summary>DNSSEC with signatures that ended a month ago.</summary>
    public static Zone Bogus { get; } = new("bogus.test", Signing.Expired);

    /// <summary>All zones that hold sites.</summary>
    public static IReadOnlyList<Zone> All { get; } = [Plain, Secure, Bogus];
}

/// <summary>What a zone's signatures are worth.</summary>
public enum Signing
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>They validate.</summary>
    Valid,

    /// <summary>They have expired, so a validating resolver answers SERVFAIL.</summary>
    Expired,

    /// <summary>The name server itself answers SERVFAIL: a secondary that never saw its primary.</summary>
    ServerFails,
}

/// <summary>A zone cut below a site.</summary>
/// <param name="Label">Relative to the site's domain, <c>_tcp.mx1</c> say.</param>
/// <param name="Signing">What is wrong with the zone there.</param>
public sealed record Cut(string Label, Signing Signing);

/// <summary>How nginx serves a policy.</summary>
public sealed record PolicyHost
{
    /// <summary>What certificate it shows.</summary>
    public CertificateKind Certificate { get; init; }

    /// <summary>More directives for its server block.</summary>
    public string Directives { get; init; } = "";
}

/// <summary>One MX host: an smtpd of Postfix with a certificate.</summary>
/// <param name="Label">Its name, relative to the site's domain; <c>@</c> for the domain's own name.</param>
public sealed record Mx(string Label)
{
    /// <summary>What certificate it shows.</summary>
    public CertificateKind Certificate { get; init; }

    /// <summary>More parameters of main.cf for this smtpd, as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Shows a good certificate to those who name the host by SNI, and <see cref="Certificate"/> to others.</summary>
    public bool GoodOnlyWithSni { get; init; }

    /// <summary>What TLSA record is published for it.</summary>
    public Tlsa Tlsa { get; init; }

    /// <summary>False leaves the port closed.</summary>
    public bool Listens { get; init; } = true;
}

/// <summary>The certificates that servers show.</summary>
public enum CertificateKind
{
    /// <summary>Trusted, in time, right name, intermediate sent along.</summary>
    Good,

    /// <summary>Ended a month ago.</summary>
    Expired,

    /// <summary>For another host.</summary>
    WrongName,

    /// <summary>From a root that is not trusted.</summary>
    Untrusted,

    /// <summary>Its own issuer.</summary>
    SelfSigned,

    /// <summary>Good, but the server keeps the intermediate to itself.</summary>
    WithoutIntermediate,
}

/// <summary>The TLSA records of an MX host.</summary>
public enum Tlsa
{
    /// <summary>None.</summary>
    None,

    /// <summary><c>3 1 1</c> of the key in use.</summary>
    LeafKey,

    /// <summary><c>2 1 1</c> of the intermediate.</summary>
    IssuerKey,

    /// <summary><c>3 1 1</c> of another key: forgotten at a key change.</summary>
    OldKey,
}
