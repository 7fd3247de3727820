using System.Collections.Immutable;
using System.Net;
using System.Text;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;
using Postseal.Smtp.Probe;
using Decisions = Postseal.Resolver.Decisions;

namespace Postseal.Tests.Checks;

/// <summary>
/// Facts as literals: a healthy domain, and <c>With…</c> for each thing that can be otherwise. Texts go through the real parsers, decisions and
/// verdicts through the real engine, so that no test stands on facts that cannot happen together.
/// </summary>
public static class FactsBuilder
{
    public const string HealthyRecord = "v=STSv1; id=20261123T120000;";
    public const string HealthyPolicy =
        "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 1209600\r\n";
    public const string HealthyReports = "v=TLSRPTv1; rua=mailto:tlsrpt@example.com";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly DomainName Domain = DomainName.Parse("example.com");
    public static readonly TimeSpan Ttl = TimeSpan.FromMinutes(5);
    public static readonly IPAddress PolicyAddress = IPAddress.Parse("192.0.2.80");
    public static readonly IPAddress PolicyAddress6 = IPAddress.Parse("2001:db8::80");

    /// <summary>example.com: enforce, two MX hosts with one IPv4 address each, reports by mail, no DANE; nothing is wrong.</summary>
    public static DomainFacts Healthy() =>
        new DomainFacts(
            Domain,
            Now,
            TimeSpan.FromSeconds(1),
            new StsEvidence(Absent<string>(), StsRecordSelection.From([]), null, null, new StsLookup.NotPublished()),
            Absent<string>(),
            TlsRptRecordSelection.From([]),
            [],
            Found("v=spf1 -all"),
            new MxLookup.Nowhere(NameExists: true, []),
            []
        )
            .WithHosts(Host("mx1.example.com", 10), Host("mx2.example.com", 20))
            .WithRecord(HealthyRecord)
            .WithPolicy(HealthyPolicy)
            .WithReports(HealthyReports);

    // DNS answers

    public static DnsAnswer<T> Found<T>(params T[] records) => new DnsAnswer<T>.Found(records, Ttl, Secure: false, []);

    public static DnsAnswer<T> Absent<T>() => new DnsAnswer<T>.Absent(NameExists: false, Secure: false, []);

    public static DnsAnswer<T> Failed<T>(DnsFailure failure = DnsFailure.ServFail) =>
        new DnsAnswer<T>.Failed(failure, "The resolver answered SERVFAIL.");

    // The discovery record

    /// <summary>TXT records at <c>_mta-sts</c>. Without exactly one valid record there is no fetch.</summary>
    public static DomainFacts WithRecord(this DomainFacts facts, params string[] texts) => facts.WithRecordAnswer(Found(texts));

    /// <summary>Any answer at <c>_mta-sts</c>. Without exactly one valid record there is no fetch.</summary>
    public static DomainFacts WithRecordAnswer(this DomainFacts facts, DnsAnswer<string> txt)
    {
        var selection = txt switch
        {
            DnsAnswer<string>.Found found => StsRecordSelection.From(found.Records),
            DnsAnswer<string>.Absent => StsRecordSelection.From([]),
            _ => null,
        };
        var lookup = selection switch
        {
            null => new StsLookup.Unusable(LookupStage.Dns, "dns"),
            StsRecordSelection.None => new StsLookup.NotPublished(),
            StsRecordSelection.Multiple => new StsLookup.Unusable(LookupStage.Record, "sts.record.multiple"),
            StsRecordSelection.Invalid invalid => new StsLookup.Unusable(LookupStage.Record, invalid.Error.Code),
            _ => facts.Sts.Lookup,
        };
        return selection is StsRecordSelection.Valid
            ? (facts with { Sts = facts.Sts with { Txt = txt, Selection = selection } }).Judged()
            : (facts with { Sts = new(txt, selection, null, null, lookup) }).Judged();
    }

    // The policy

    public static DomainFacts WithPolicy(this DomainFacts facts, string text) => facts.WithPolicy(Encoding.UTF8.GetBytes(text));

    /// <summary>The policy host serves this text, properly.</summary>
    public static DomainFacts WithPolicy(this DomainFacts facts, byte[] text) => facts.WithFetch(Attempt(text));

    /// <summary>The policy host was reached at these addresses; the first attempt that is good, else the first, is the outcome.</summary>
    public static DomainFacts WithFetch(this DomainFacts facts, params FetchAttempt[] attempts) =>
        facts.WithFetch((attempts.FirstOrDefault(a => a.Outcome is FetchOutcome.Body) ?? attempts[0]).Outcome, attempts);

    /// <summary>The policy host failed us in one way at its one address, or before any address.</summary>
    public static DomainFacts WithFetchFailure(this DomainFacts facts, FetchFailure failure, bool ours = false) =>
        failure is FetchFailure.DnsAbsent or FetchFailure.DnsFailed or FetchFailure.AddressRefused
            ? facts.WithFetch(new FetchOutcome.Failed(failure, "What happened.", ours), [])
            : facts.WithFetch(Attempt(failure, ours: ours));

    /// <summary>Any outcome with any attempts.</summary>
    public static DomainFacts WithFetch(this DomainFacts facts, FetchOutcome outcome, FetchAttempt[] attempts)
    {
        ParseError? error = null;
        StsLookup lookup = outcome switch
        {
            FetchOutcome.Body body when StsPolicy.TryParse(body.Bytes.Span, out var policy, out error) => new StsLookup.Found(
                policy,
                Fresh: true
            ),
            FetchOutcome.Body => new StsLookup.Unusable(LookupStage.Policy, error!.Code),
            FetchOutcome.Failed failed => new StsLookup.Unusable(LookupStage.Fetch, failed.Failure.ToWire()),
            _ => throw new ArgumentException("unknown outcome", nameof(outcome)),
        };
        var fetch = new PolicyFetch(
            DomainName.Parse($"mta-sts.{facts.Domain}"),
            [],
            outcome,
            attempts,
            TimeSpan.FromMilliseconds(80)
        );
        return (facts with { Sts = facts.Sts with { Fetch = fetch, PolicyError = error, Lookup = lookup } }).Judged();
    }

    /// <summary>The policy host is an alias.</summary>
    public static DomainFacts WithPolicyHostAliases(this DomainFacts facts, params string[] targets) =>
        facts with
        {
            Sts = facts.Sts with { Fetch = facts.Sts.Fetch! with { Aliases = [.. targets.Select(DomainName.Parse)] } },
        };

    public static FetchAttempt Attempt(string text, IPAddress? address = null) => Attempt(Encoding.UTF8.GetBytes(text), address);

    public static FetchAttempt Attempt(byte[] text, IPAddress? address = null) =>
        new(
            address ?? PolicyAddress,
            new FetchOutcome.Body(text),
            "TLSv1.3",
            Chain("mta-sts.example.com"),
            Response(),
            TimeSpan.FromMilliseconds(40)
        );

    public static FetchAttempt Attempt(FetchFailure failure, IPAddress? address = null, bool ours = false) =>
        new(
            address ?? PolicyAddress,
            new FetchOutcome.Failed(failure, "What happened.", ours),
            null,
            null,
            null,
            TimeSpan.FromMilliseconds(40)
        );

    public static HttpResponseFacts Response(int status = 200, string? contentType = "text/plain") =>
        new(status, contentType, Location: null, Server: null, CacheControl: null, Age: null, LooksLikeChallenge: false);

    // TLS reports

    /// <summary>TXT records at <c>_smtp._tls</c>; every usable address takes reports, mail by the domain's own MX hosts.</summary>
    public static DomainFacts WithReports(this DomainFacts facts, params string[] texts) => facts.WithReportsAnswer(Found(texts));

    public static DomainFacts WithReportsAnswer(this DomainFacts facts, DnsAnswer<string> txt)
    {
        var selection = txt switch
        {
            DnsAnswer<string>.Found found => TlsRptRecordSelection.From(found.Records),
            DnsAnswer<string>.Absent => TlsRptRecordSelection.From([]),
            _ => null,
        };
        var usable = selection is TlsRptRecordSelection.Valid { Record.Rua: var rua }
            ? rua.Where(u => u is not ReportUri.Unusable)
            : [];
        return facts with
        {
            TlsRptTxt = txt,
            TlsRpt = selection,
            ReportTargets =
            [
                .. usable
                    .DistinctBy(u => u.Text)
                    .Select(u => new ReportTargetFacts(
                        u,
                        null,
                        null,
                        Unknown: false,
                        u is ReportUri.Mail ? [.. facts.Hosts.Select(h => h.Host.Name)] : []
                    )),
            ],
        };
    }

    // MX hosts

    /// <summary>These hosts take the mail.</summary>
    public static DomainFacts WithHosts(this DomainFacts facts, params MxHostFacts[] hosts)
    {
        var records = hosts.Select(h => new MxRecord(h.Host.Preference, h.Host.Name.Value, h.Host.Name)).ToArray();
        var mx = new MxLookup.Hosts([.. hosts.Select(h => h.Host)], Secure: false, IsImplicit: false, records);
        return (facts with { Mx = mx, Hosts = hosts }).Judged();
    }

    /// <summary>No host is known, for the reason given.</summary>
    public static DomainFacts WithoutHosts(this DomainFacts facts, MxLookup why) => facts with { Mx = why, Hosts = [] };

    /// <summary>The same facts with one host replaced.</summary>
    public static DomainFacts WithHost(this DomainFacts facts, string name, Func<MxHostFacts, MxHostFacts> change) =>
        (facts with { Hosts = [.. facts.Hosts.Select(h => h.Host.Name.Value == name ? change(h) : h)] }).Judged();

    /// <summary>A host with one good address. Its decision and verdicts are made when it is put into facts.</summary>
    public static MxHostFacts Host(string name, int preference = 10, string address = "192.0.2.25") =>
        new(
            new(DomainName.Parse(name), preference),
            Found(IPAddress.Parse(address)),
            Absent<IPAddress>(),
            new DaneLookup.NotApplicable("address-insecure"),
            new Decisions.Decision.Opportunistic("D-MX-1", "Not judged yet.", Judged: null),
            [Session(name, address)]
        );

    /// <summary>The host with another outcome of TLS at each of its addresses.</summary>
    public static MxHostFacts WithTls(this MxHostFacts host, TlsOutcome outcome) =>
        host with
        {
            Sessions = [.. host.Sessions.Select(s => s with { Probe = s.Probe with { Tls = outcome } })],
        };

    /// <summary>The host with something else seen at each of its addresses.</summary>
    public static MxHostFacts WithProbe(this MxHostFacts host, Func<ProbeResult, ProbeResult> change) =>
        host with
        {
            Sessions = [.. host.Sessions.Select(s => s with { Probe = change(s.Probe) })],
        };

    /// <summary>A good session; its verdict is made when it is put into facts.</summary>
    public static SessionFacts Session(string host, string address = "192.0.2.25", TlsOutcome? outcome = null)
    {
        var ehlo = new EhloReply(host, [new RecordField("STARTTLS", ""), new RecordField("PIPELINING", "")]);
        var probe = new ProbeResult(
            DomainName.Parse(host),
            IPAddress.Parse(address),
            25,
            outcome ?? new TlsOutcome.Established("TLSv1.3", "TLS_AES_128_GCM_SHA256", Chain(host)),
            Stop: null,
            Banner: new(220, [$"{host} ESMTP"]),
            Ehlo: ehlo,
            EhloTls: ehlo,
            StartTlsReply: new(220, ["Ready"]),
            HiddenStartTls: false,
            WithoutSni: Chain(host),
            RefusesWithoutSni: false,
            LegacyTls: null,
            new(null, null, null, null, TimeSpan.FromMilliseconds(90))
        );
        return new(probe, new Decisions.SessionVerdict.Unknown("not judged yet"), Found(DomainName.Parse(host)));
    }

    /// <summary>A chain of leaf and intermediate, valid for 60 days, with these problems.</summary>
    public static PresentedChain Chain(string name, params CertificateProblem[] problems) =>
        new([Certificate(name), Certificate("Test Intermediate")], [.. problems.Order()]);

    public static CertificateFacts Certificate(string name, DateTimeOffset? notAfter = null) =>
        new(
            $"CN={name}",
            "CN=Test Intermediate",
            [name],
            Now.AddDays(-30),
            notAfter ?? Now.AddDays(60),
            "ECDSA",
            256,
            "sha256ECDSA",
            Sha256: new string('a', 64),
            ImmutableArray<byte>.Empty
        );

    /// <summary>The same facts with every decision and verdict made again by the sender's engine.</summary>
    public static DomainFacts Judged(this DomainFacts facts)
    {
        var secure = facts.Mx is MxLookup.Hosts { Secure: true };
        return facts with
        {
            Hosts =
            [
                .. facts.Hosts.Select(h =>
                {
                    var decision = Decisions.Rules.Decide(facts.Domain, h.Host.Name, secure, facts.Sts.Lookup, h.Dane);
                    return h with
                    {
                        Decision = decision,
                        Sessions =
                        [
                            .. h.Sessions.Select(s =>
                                s with
                                {
                                    Verdict = Decisions.Rules.Judge(decision, s.Probe.Tls, facts.CheckedAt),
                                }
                            ),
                        ],
                    };
                }),
            ],
        };
    }
}
