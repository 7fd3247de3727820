using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>Makes up what a lab sees of senders, one minute per stage.</summary>
internal static class Sightings
{
    public const string Zone = "sender.lab.test";

    public static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    public static IReadOnlyList<SenderCase> Cases { get; } = CaseCatalogue.All(Zone, _ => true);

    public static SenderCase Case(string id) => Cases.Single(c => c.Id == id);

    public static DateTimeOffset StartOf(int stage) => Start.AddMinutes(stage);

    public static string Recipient(SenderCase @case, int stage) => $"token{stage}@{@case.Domain}";

    public static IEnumerable<Probe> Probes(SenderCase @case) =>
        @case.Stages.Select((_, stage) => new Probe(stage, Recipient(@case, stage), StartOf(stage)));

    /// <summary>The mailbox of a test on the web.</summary>
    public static string Mailbox { get; } = new('a', TestKey.Length);

    /// <summary>The same on the web, where the address names test and round.</summary>
    public static Observation OnTheWeb(Observation seen) =>
        seen switch
        {
            Observation.Addressed o => o with { Recipient = OnTheWeb(o.Recipient) },
            Observation.Delivered o => o with { Recipient = OnTheWeb(o.Recipient) },
            _ => seen,
        };

    /// <summary>A question for the policy's record, and the fetch.</summary>
    public static IEnumerable<Observation> Learns(SenderCase @case, int stage, int status = 200) =>
        [
            new Observation.Asked(StartOf(stage).AddSeconds(1), Client, $"_mta-sts.{@case.Domain}", "TXT") { PolicyId = "1" },
            new Observation.Fetched(
                StartOf(stage).AddSeconds(2),
                Client,
                $"mta-sts.{@case.Domain}",
                "/.well-known/mta-sts.txt",
                "agent/1",
                status
            ),
        ];

    /// <summary>A session that ends at the handshake.</summary>
    public static IEnumerable<Observation> Refuses(SenderCase @case, int stage) =>
        [
            new Observation.Asked(StartOf(stage).AddSeconds(1), Client, @case.Domain, "MX"),
            new Observation.Connected(StartOf(stage).AddSeconds(3), Client, $"mx1.{@case.Domain}"),
            new Observation.Greeted(StartOf(stage).AddSeconds(4), Client, $"mx1.{@case.Domain}", "sender.test", false),
            new Observation.HandshakeFailed(StartOf(stage).AddSeconds(5), Client, $"mx1.{@case.Domain}", "bad certificate"),
            new Observation.Left(StartOf(stage).AddSeconds(6), Client, $"mx1.{@case.Domain}"),
        ];

    /// <summary>A session that delivers the message of a stage.</summary>
    public static IEnumerable<Observation> Delivers(SenderCase @case, int stage, string mx = "mx1", bool tls = true)
    {
        var (at, host) = (StartOf(stage), $"{mx}.{@case.Domain}");
        return
        [
            new Observation.Asked(at.AddSeconds(1), Client, @case.Domain, "MX"),
            new Observation.Connected(at.AddSeconds(3), Client, host),
            new Observation.Greeted(at.AddSeconds(4), Client, host, "sender.test", tls),
            new Observation.Addressed(at.AddSeconds(6), Client, host, Recipient(@case, stage), tls, true),
            new Observation.Delivered(at.AddSeconds(7), Client, host, Recipient(@case, stage), tls),
            new Observation.Left(at.AddSeconds(8), Client, host),
        ];
    }

    /// <summary>What a sender shows that does everything right.</summary>
    public static IEnumerable<Observation> Correct(SenderCase @case) =>
        Enumerable
            .Range(0, @case.Stages.Count)
            .SelectMany(stage => Correct(@case, stage))
            .Concat(Reports(@case))
            .Concat(Retries(@case));

    /// <summary>What a sender shows that knows nothing of policies.</summary>
    public static IEnumerable<Observation> Careless(SenderCase @case) =>
        Enumerable.Range(0, @case.Stages.Count).SelectMany(stage => Delivers(@case, stage));

    public static RunVerdict Judged(
        Func<SenderCase, IEnumerable<Observation>> seen,
        bool isFinal,
        params ReadOnlySpan<(string Id, string Reason)> notOffered
    ) =>
        Judge.Of(
            Cases,
            Cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), seen(c))),
            isFinal ? Waited.ForRetries : Waited.NotYet,
            notOffered.ToArray().ToDictionary(n => n.Id, n => n.Reason)
        );

    private static string OnTheWeb(string recipient)
    {
        var (local, domain) = (recipient.Split('@')[0], recipient.Split('@')[1]);
        return local.StartsWith("token", StringComparison.Ordinal)
            ? new Address(Mailbox, local["token".Length] - '0' + 1, domain).ToString()
            : recipient;
    }

    private static IEnumerable<Observation> Correct(SenderCase @case, int stage)
    {
        var learns = @case.Id is CaseCatalogue.ControlId or CaseCatalogue.DaneControlId or "C25"
            ? []
            : Learns(@case, stage, @case.Id == "C10" ? 404 : 200);
        var isGoodYet = @case.Id is "C19" or "C20" or "C21" && stage == 0;
        var refuses = @case.Expected == Expectation.Refuse && !isGoodYet || @case.Id == "C20" && stage == 1;
        return learns
            .Concat(Tlsa(@case, stage))
            .Concat(
                refuses ? Refuses(@case, stage)
                : @case.Expected == Expectation.DeliverToSecond ? Delivers(@case, stage, "mx2")
                : Delivers(@case, stage)
            );
    }

    private static IEnumerable<Observation> Tlsa(SenderCase @case, int stage) =>
        @case.Id is CaseCatalogue.DaneControlId or "C22" or "C23"
            ? [new Observation.Asked(StartOf(stage).AddSeconds(2), Client, $"_25._tcp.mx1.{@case.Domain}", "TLSA")]
            : [];

    // Half an hour later, when the domain has changed once more.
    private static IEnumerable<Observation> Retries(SenderCase @case) =>
        @case.Id == "C20" ? Delivers(@case, 1).Select(o => o with { At = StartOf(2).AddMinutes(30) }) : [];

    private static IEnumerable<Observation> Reports(SenderCase @case) =>
        @case.Id == "C25"
            ?
            [
                new Observation.Delivered(Start.AddDays(1), Client, $"mx1.{@case.Domain}", $"tls-reports@{@case.Domain}", true)
                {
                    ReportDomain = @case.Domain,
                },
            ]
            : [];
}
