using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>What the probe's tests share: a certificate authority, a clock that stands still, and scripts of the usual conversation.</summary>
public sealed class ProbeBench : IDisposable
{
    /// <summary>The conversation up to the handshake.</summary>
    public const string UpToTls = """
        S: 220 mx.example.com ESMTP ready
        C: EHLO probe.example.net
        S: 250-mx.example.com greets you
        S: 250-SIZE 1000000
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 2.0.0 go ahead

        """;

    /// <summary>The conversation after the handshake.</summary>
    public const string AfterTls = """

        C: EHLO probe.example.net
        S: 250-mx.example.com greets you
        S: 250 REQUIRETLS
        C: QUIT
        S: 221 2.0.0 bye
        """;

    /// <summary>A conversation in which nothing is wrong.</summary>
    public const string Healthy = UpToTls + "TLS good" + AfterTls;

    public static readonly DomainName Host = DomainName.Parse("mx.example.com");

    // Only a test that hangs waits as long as this.
    private readonly CancellationTokenSource _guard = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private readonly TestCa _root = TestCa.Root();
    private readonly TestCa _issuer;
    private readonly Dictionary<string, SslStreamCertificateContext> _certificates = [];

    public ProbeBench()
    {
        _guard.CancelAfter(TimeSpan.FromSeconds(60));
        _issuer = _root.Intermediate();
        Present("good", Cert.For(Host.Value));
        Options = new()
        {
            Roots = new(_root.Roots),
            AllowPrivate = true,
            EhloName = "probe.example.net",
            CompareVariants = false,
        };
    }

    public WatchedClock Clock { get; } = new();

    public CancellationToken Token => _guard.Token;

    public TestCa Issuer => _issuer;

    public ProbeOptions Options { get; set; }

    /// <summary>Makes a certificate that scripts know by a name; with its intermediate unless told otherwise.</summary>
    public X509Certificate2 Present(string name, Cert shape, bool withIssuer = true)
    {
        var leaf = _issuer.Issue(shape);
        Present(name, leaf, withIssuer ? [_issuer.Certificate] : []);
        return leaf;
    }

    public void Present(string name, X509Certificate2 leaf, X509Certificate2Collection others) =>
        _certificates[name] = SslStreamCertificateContext.Create(leaf, others, offline: true);

    public ScriptedSmtpPeer Peer(params string[] scripts) => Peer(Chunks.Whole, IPAddress.Loopback, scripts);

    public ScriptedSmtpPeer Peer(Chunks chunks, IPAddress address, params string[] scripts) =>
        new(new IPEndPoint(address, 0), scripts)
        {
            Chunks = chunks,
            Certificates = _certificates,
            Clock = Clock,
        };

    /// <summary>A budget that no test of the probe uses up.</summary>
    public static OutboundBudget Plenty() => new(100, 100_000_000);

    /// <summary>Probes the peer and lets the clock stand still.</summary>
    public Task<ProbeResult> ProbeAsync(ScriptedSmtpPeer peer, CancellationToken ct) =>
        new SmtpProbe(Options with { Port = peer.EndPoint.Port }, Clock).ProbeAsync(
            Host,
            Host,
            peer.EndPoint.Address,
            Plenty(),
            ct
        );

    /// <summary>Probes a peer that follows the scripts, which must fit what the probe does.</summary>
    public async Task<ProbeResult> ProbeAsync(params string[] scripts)
    {
        await using var peer = Peer(scripts);
        var result = await ProbeAsync(peer, Token);
        Assert.Empty(peer.Mismatches);
        return result;
    }

    public void Dispose()
    {
        _issuer.Dispose();
        _root.Dispose();
        _guard.Dispose();
    }
}
