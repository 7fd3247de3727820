using System.Text.RegularExpressions;

namespace Postseal.SystemTests.Servers;

/// <summary>What became of a message to one recipient in one attempt.</summary>
/// <param name="Recipient">To whom.</param>
/// <param name="Relay">The MX host it was last tried at, without address; <c>none</c> without one.</param>
/// <param name="Dsn">The enhanced status code, <c>4.7.5</c> say.</param>
/// <param name="Status"><c>sent</c>, <c>deferred</c> or <c>bounced</c>.</param>
/// <param name="Reason">The text in brackets.</param>
public sealed record Delivery(string Recipient, string Relay, string Dsn, string Status, string Reason);

/// <summary>A message that came in at an MX host.</summary>
public sealed record Arrival(string Host, string Recipient);

/// <summary>Reads Postfix's log.</summary>
public static partial class MailLog
{
    /// <summary>The attempts of a sender.</summary>
    public static IEnumerable<Delivery> Deliveries(IEnumerable<string> log) =>
        log.Select(line => DeliveryLine().Match(line))
            .Where(m => m.Success)
            .Select(m => new Delivery(
                m.Groups["to"].Value,
                m.Groups["relay"].Value,
                m.Groups["dsn"].Value,
                m.Groups["status"].Value,
                m.Groups["reason"].Value
            ));

    /// <summary>What mail servers took: the line of the smtpd names host and queue id, that of the discarding service queue id and recipient.</summary>
    public static IEnumerable<Arrival> Arrivals(IReadOnlyList<string> log)
    {
        var hosts = log.Select(line => ClientLine().Match(line))
            .Where(m => m.Success)
            .ToDictionary(m => m.Groups["id"].Value, m => m.Groups["host"].Value);
        return log.Select(line => DiscardLine().Match(line))
            .Where(m => m.Success)
            .Select(m => new Arrival(hosts[m.Groups["id"].Value], m.Groups["to"].Value));
    }

    /// <summary>How the sender judged the TLS session with a host: <c>Verified</c>, <c>Trusted</c>, <c>Untrusted</c>, …; empty without a session.</summary>
    public static IReadOnlyList<string> Sessions(IEnumerable<string> log, string host) =>
        [
            .. log.Select(line => SessionLine().Match(line))
                .Where(m => m.Success && m.Groups["host"].Value == host)
                .Select(m => m.Groups["trust"].Value),
        ];

    [GeneratedRegex(
        @"to=<(?<to>[^>]+)>, (orig_to=<[^>]*>, )?relay=(?<relay>[^\[,]+).*, dsn=(?<dsn>[\d.]+), status=(?<status>\w+) \((?<reason>.*)\)$"
    )]
    private static partial Regex DeliveryLine();

    [GeneratedRegex(@"postfix/(?<host>[^/\s]+)/smtpd\[\d+\]: (?<id>\w+): client=")]
    private static partial Regex ClientLine();

    [GeneratedRegex(@"postfix/discard\[\d+\]: (?<id>\w+): to=<(?<to>[^>]+)>")]
    private static partial Regex DiscardLine();

    [GeneratedRegex(@"(?<trust>\w+) TLS connection established to (?<host>[^\[]+)\[")]
    private static partial Regex SessionLine();
}
