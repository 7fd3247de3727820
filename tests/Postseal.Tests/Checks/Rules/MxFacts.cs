using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;

namespace Postseal.Tests.Checks.Rules;

/// <summary>What can be otherwise with MX hosts, as literals.</summary>
internal static class MxFacts
{
    public const string Enforce = "enforce";
    public const string Testing = "testing";
    public const string NoPolicy = "";

    /// <summary>A real certificate for mx1.example.com: TLSA records are computed from its bytes.</summary>
    public static readonly CertificateFacts RealLeaf = MakeLeaf();

    /// <summary>The record that matches <see cref="RealLeaf"/>.</summary>
    public static readonly TlsaRecord Matching = TlsaRecord.For(RealLeaf, usage: 3, selector: 1, matchingType: 1);

    /// <summary>What a test expects of a finding: <c>id Level subject</c>.</summary>
    public static string Line(Finding finding) => $"{finding.Id} {finding.Level} {finding.Subject}";

    /// <summary>The findings of some rules, as lines.</summary>
    public static string[] Lines(DomainFacts facts, params Func<DomainFacts, IEnumerable<Finding>>[] rules) =>
        [.. rules.SelectMany(rule => rule(facts)).Select(Line)];

    /// <summary>The healthy domain with a policy of this mode, or without one, and these hosts.</summary>
    public static DomainFacts Facts(string mode, params MxHostFacts[] hosts)
    {
        var facts = FactsBuilder.Healthy().WithHosts(hosts);
        return mode == NoPolicy
            ? facts.WithRecordAnswer(FactsBuilder.Absent<string>())
            : facts.WithPolicy(Policy(mode, [.. hosts.Select(h => h.Host.Name.Value).Distinct()]));
    }

    public static string Policy(string mode, params string[] mx) =>
        $"version: STSv1\r\nmode: {mode}\r\n{string.Concat(mx.Select(m => $"mx: {m}\r\n"))}max_age: 1209600\r\n";

    public static MxHostFacts Host(string name = "mx1.example.com") => FactsBuilder.Host(name);

    /// <summary>A host with one session per outcome, at 192.0.2.1, 192.0.2.2 …</summary>
    public static MxHostFacts HostWith(params TlsOutcome[] outcomes) =>
        Host() with
        {
            Sessions = [.. outcomes.Select((o, i) => FactsBuilder.Session("mx1.example.com", $"192.0.2.{i + 1}", o))],
        };

    /// <summary>A host whose certificate has these problems.</summary>
    public static MxHostFacts HostWith(params CertificateProblem[] problems) => HostWith(Tls(problems));

    public static TlsOutcome Tls(params CertificateProblem[] problems) => Tls("TLSv1.3", problems);

    public static TlsOutcome Tls(string version, params CertificateProblem[] problems) =>
        new TlsOutcome.Established(version, "TLS_AES_128_GCM_SHA256", FactsBuilder.Chain("mx1.example.com", problems));

    /// <summary>A session that ended before TLS could be asked for.</summary>
    public static SessionFacts Silent(ProbeStop stop, string address = "192.0.2.9")
    {
        var session = FactsBuilder.Session("mx1.example.com", address, new TlsOutcome.Unknown("stopped"));
        var banner = stop is ProbeStop.Rejected { Step: ProbeStep.Greeting, Reply: var reply } ? reply : null;
        return session with
        {
            Probe = session.Probe with
            {
                Stop = stop,
                Banner = stop.Step > ProbeStep.Greeting ? session.Probe.Banner : banner,
                Ehlo = null,
                EhloTls = null,
                StartTlsReply = null,
                WithoutSni = null,
            },
        };
    }

    public static ProbeStop Rejected(ProbeStep step, int code, string text) =>
        new ProbeStop.Rejected(step, new(code, [text]), text);

    /// <summary>A host that presents <see cref="RealLeaf"/> under these TLSA records.</summary>
    public static MxHostFacts DaneHost(TlsaRecord[] records, params CertificateProblem[] problems) =>
        HostWith(new TlsOutcome.Established("TLSv1.3", "TLS_AES_128_GCM_SHA256", new([RealLeaf], [.. problems.Order()]))) with
        {
            Dane = records.Any(r => r.IsUsable)
                ? new DaneLookup.Usable(DomainName.Parse("mx1.example.com"), records)
                : new DaneLookup.Unusable(DomainName.Parse("mx1.example.com"), records),
        };

    public static TlsaRecord Tlsa(string text) =>
        TlsaRecord.TryParse(text, out var record, out var error) ? record : throw new FormatException(error.Code);

    /// <summary>A SHA-256 digest that matches nothing.</summary>
    public static TlsaRecord Other(byte usage = 3, byte matchingType = 1) =>
        new(usage, 1, matchingType, [.. new byte[matchingType * 32]]);

    /// <summary>The MX records are DNSSEC-secure.</summary>
    public static DomainFacts Secure(this DomainFacts facts) =>
        (facts with { Mx = (MxLookup.Hosts)facts.Mx with { Secure = true } }).Judged();

    private static CertificateFacts MakeLeaf()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mx1.example.com");
        var request = new CertificateRequest("CN=mx1.example.com", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(FactsBuilder.Now.AddDays(-30), FactsBuilder.Now.AddDays(60));
        return CertificateFacts.From(certificate);
    }
}
