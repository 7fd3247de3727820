using System.Net;
using Postseal.Checks.Facts;
using Postseal.Checks.Verdicts;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Json;

/// <summary>The part of the check document that is about MX hosts and their sessions.</summary>
public static class MxDocuments
{
    // A hundred sessions may show a certificate with thousands of names each; nobody reads more of them than this.
    private const int MaxNames = 100;

    /// <summary>One host.</summary>
    public static MxPart Of(MxHostFacts host) =>
        new(
            host.Host.Name.Value,
            host.Host.Preference,
            [.. Addresses(host.V4), .. Addresses(host.V6)],
            HostDecision.Of(host).ToString().ToLowerInvariant(),
            HostDecision.Why(host),
            [.. host.Sessions.Select(s => Session(s.Probe, s.Verdict))],
            Dane(host)
        );

    /// <summary>One probed address with the RFC 8460 result type of what is wrong with it.</summary>
    public static SessionPart Session(ProbeResult probe, SessionVerdict verdict)
    {
        var established = probe.Tls as TlsOutcome.Established;
        return new(
            probe.Address.ToString(),
            probe.Tls switch
            {
                TlsOutcome.Unknown => null,
                TlsOutcome.NotOffered => false,
                _ => true,
            },
            established?.Protocol,
            established?.CipherSuite,
            established is null ? null : Certificate(established.Chain),
            (verdict as SessionVerdict.Avoid ?? (verdict as SessionVerdict.Use)?.Fault)?.Result.ToWire(),
            probe.Stop?.Detail ?? (probe.Tls as TlsOutcome.HandshakeFailed)?.Reason,
            probe.Banner?.Text,
            Timings(probe.Timings)
        );
    }

    internal static CertificatePart Certificate(PresentedChain chain) =>
        new(
            chain.Leaf.Subject,
            [.. chain.Leaf.DnsNames.Take(MaxNames)],
            chain.Leaf.DnsNames.Length,
            CheckDocuments.Time(chain.Leaf.NotBefore),
            CheckDocuments.Time(chain.Leaf.NotAfter),
            chain.Leaf.Issuer,
            chain.Leaf.Sha256,
            [.. chain.Problems.Select(p => p.ToWire())],
            [.. chain.Certificates.Select(c => c.Subject)]
        );

    private static TimingsPart Timings(ProbeTimings t) =>
        new(
            t.Connect?.TotalMilliseconds,
            t.Greeting?.TotalMilliseconds,
            t.Ehlo?.TotalMilliseconds,
            t.Handshake?.TotalMilliseconds,
            t.Total.TotalMilliseconds
        );

    private static DanePart? Dane(MxHostFacts host) =>
        host.Dane switch
        {
            DaneLookup.Usable usable => new([.. usable.Records.Select(r => r.ToString())], Secure: true, Match(host)),
            DaneLookup.Unusable unusable => new([.. unusable.Records.Select(r => r.ToString())], Secure: true, Match: null),
            _ => null,
        };

    private static bool? Match(MxHostFacts host)
    {
        var verdicts = host.Sessions.Where(s => s.Probe.Tls is TlsOutcome.Established).Select(s => s.Verdict).ToArray();
        return verdicts.Length == 0 ? null : verdicts.All(v => v is SessionVerdict.Use);
    }

    private static IEnumerable<string> Addresses(DnsAnswer<IPAddress> answer) =>
        answer is DnsAnswer<IPAddress>.Found { Records: var records } ? records.Select(r => r.ToString()) : [];
}
