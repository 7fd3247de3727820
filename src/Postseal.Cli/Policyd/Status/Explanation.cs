using System.Text;
using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Status;

/// <summary>Puts together what is known about a destination. Pure, but for the texts it copies.</summary>
internal static class Explanation
{
    public static ExplainDocument Of(
        Destination destination,
        Answer answer,
        StsState? state,
        MailRoute? route,
        IReadOnlyList<(MxHost Host, Decision Decision)> decisions,
        Override? exception,
        IReadOnlyList<PolicyChange> changes,
        DateTimeOffset now
    ) =>
        new(
            "postseal.explain/1",
            destination.ToString(),
            now,
            new(
                answer.Count.Reply,
                answer.Count.Cause,
                Payload(answer.Bytes(Dialect.Plain)),
                Payload(answer.Rendered().Bytes(Dialect.TlsRpt)),
                answer.ValidUntil
            ),
            exception is null ? null : new(exception.Action.ToString().ToLowerInvariant(), exception.Reason, exception.Expires),
            Record(state?.Record),
            Fetch(state?.Fetch),
            state?.Cached is { IsWhole: true } cached ? Policy(cached, cached.Read(), state.RefreshAt, now) : null,
            route is null ? null : Mx(route, decisions),
            [.. changes.Select(Change)]
        );

    // The frame is the protocol's, not the answer's: "9:NOTFOUND ," shows as "NOTFOUND ".
    private static string Payload(byte[] netstring) =>
        Encoding.UTF8.GetString(Netstring.Read(netstring, SocketmapReply.MaxBytes).Payload);

    private static RecordPart? Record(RecordView? record) =>
        record is null
            ? null
            : new(
                record.NoPolicy switch
                {
                    null => "valid",
                    StsLookup.Unusable { Stage: LookupStage.Dns } => "unknown",
                    StsLookup.Unusable => "unusable",
                    _ => "not-published",
                },
                record.Text,
                record.Id,
                (record.NoPolicy as StsLookup.Unusable)?.Reason,
                record.AskedAt,
                record.GoodUntil
            );

    private static FetchPart? Fetch(FetchView? fetch)
    {
        if (fetch is null)
            return null;

        var failure = fetch.Succeeded ? null : fetch.Outcome as StsLookup.Unusable;
        return new(
            fetch.Succeeded,
            fetch.At,
            fetch.Id,
            failure?.Stage.ToString().ToLowerInvariant(),
            failure?.Reason,
            fetch.Succeeded ? null : fetch.Detail,
            fetch.NotBefore
        );
    }

    private static PolicyStatePart Policy(CachedPolicy cached, StsPolicy policy, DateTimeOffset refreshAt, DateTimeOffset now) =>
        new(
            cached.Mode.ToWire(),
            cached.Id,
            [.. policy.Mx.Select(m => m.ToString())],
            cached.MaxAge,
            Encoding.UTF8.GetString(cached.Text.Span),
            cached.FetchedAt,
            (long)(now - cached.FetchedAt).TotalSeconds,
            cached.ExpiresAt,
            cached.IsLive(now),
            refreshAt
        );

    private static MxPart Mx(MailRoute route, IReadOnlyList<(MxHost Host, Decision Decision)> decisions) =>
        new(
            route.Mx switch
            {
                MxLookup.Hosts => "hosts",
                MxLookup.NullMx => "null-mx",
                MxLookup.Nowhere => "nowhere",
                _ => "failed",
            },
            route.IsSecure,
            (route.Mx as MxLookup.Failed)?.Detail,
            route.AskedAt,
            [.. route.Hosts.Select(h => Host(h.Host, h.Dane, decisions.FirstOrDefault(d => d.Host == h.Host).Decision))]
        );

    private static MxHostPart Host(MxHost host, DaneLookup dane, Decision? decision)
    {
        var (word, records) = dane switch
        {
            DaneLookup.Usable usable => ("usable", usable.Records),
            DaneLookup.Unusable unusable => ("unusable", unusable.Records),
            DaneLookup.NotApplicable none => (none.Reason, []),
            DaneLookup.Failed failed => ($"failed: {failed.Failure.ToWire()}", []),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new(
            host.Name.Value,
            host.Preference,
            word,
            decision?.Row ?? "",
            decision?.Why ?? "",
            [.. records.Select(r => r.ToString())]
        );
    }

    private static ChangePart Change(PolicyChange change) =>
        new(change.At, change.From?.ToWire(), change.To?.ToWire(), change.Cause.ToWire(), change.IsDowngrade, change.Detail);
}
