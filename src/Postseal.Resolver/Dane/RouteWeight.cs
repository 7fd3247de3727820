using Postseal.Protocol.Dane;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Mx;

namespace Postseal.Resolver.Dane;

/// <summary>What a route takes in memory, near enough for a budget: objects measured once on 64 bits, texts by their length.</summary>
internal static class RouteWeight
{
    private const int Route = 400; // with its key and the entry of the table
    private const int Host = 250; // an MX record, its name, its place in two lists
    private const int Record = 90; // a TLSA record without its data

    public static int Of(Destination destination, MailRoute route) =>
        Route
        + (2 * destination.Domain.Value.Length)
        + route.Mx switch
        {
            MxLookup.Hosts hosts => hosts.Records.Sum(r => Host + (2 * (r.Exchange?.Value.Length ?? 0)))
                + (Host * hosts.InOrder.Count),
            MxLookup.Nowhere nowhere => Host * nowhere.Records.Count,
            MxLookup.Failed failed => 2 * failed.Detail.Length,
            _ => 0,
        }
        + route.Hosts.Sum(h => Of(h.Dane));

    private static int Of(DaneLookup dane) =>
        dane switch
        {
            DaneLookup.Usable usable => Of(usable.Records),
            DaneLookup.Unusable unusable => Of(unusable.Records),
            DaneLookup.Failed failed => Record + (2 * failed.Detail.Length),
            _ => 0,
        };

    private static int Of(IReadOnlyList<TlsaRecord> records) => records.Sum(r => Record + r.Data.Length);
}
