using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Sts;

/// <summary>What is remembered of a TXT answer.</summary>
internal static class RecordViews
{
    // The TXT answer's TTL is held between these (standard.md 8461-3.3-20).
    private static readonly TimeSpan MinRecheck = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxRecheck = TimeSpan.FromHours(1);

    // With nothing cached, mail goes unprotected while DNS fails: it is asked again soon.
    private static readonly TimeSpan FailureRecheck = TimeSpan.FromSeconds(10);

    // For people; a domain may publish kilobytes.
    private const int MaxTextLength = 500;

    private static readonly StsLookup NotPublished = new StsLookup.NotPublished();

    public static RecordView Of(DnsAnswer<string> txt, bool hasPolicy, DateTimeOffset now)
    {
        var selection = StsResolver.Select(txt);
        var noPolicy = StsResolver.NoPolicy(txt, selection);
        return new(
            now,
            now + Recheck(txt, hasPolicy),
            (selection as StsRecordSelection.Valid)?.Record.Id,
            noPolicy is StsLookup.NotPublished ? NotPublished : noPolicy, // one for all: there are many of them
            Text(txt)
        );
    }

    private static TimeSpan Recheck(DnsAnswer<string> txt, bool hasPolicy) =>
        txt switch
        {
            DnsAnswer<string>.Found { Ttl: var ttl } => TimeSpan.FromTicks(
                Math.Clamp(ttl.Ticks, MinRecheck.Ticks, MaxRecheck.Ticks)
            ),
            DnsAnswer<string>.Failed when !hasPolicy => FailureRecheck,
            _ => MinRecheck,
        };

    private static string Text(DnsAnswer<string> txt) =>
        txt switch
        {
            DnsAnswer<string>.Found found => Cut(string.Join('\n', found.Records)),
            DnsAnswer<string>.Failed failed => Cut(failed.Detail),
            _ => "",
        };

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];
}
