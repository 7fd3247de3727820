using System.Globalization;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>What the policy host answers by HTTP: status 200, <c>text/plain</c>, no redirect, small, soon (RFC 8461 §3.2, §3.3).</summary>
public static class PolicyHostHttp
{
    /// <summary>A shared cache may keep a copy for this long before a change of policy is held up. RFC 8461 §8.2 suggests one minute.</summary>
    public static readonly TimeSpan LongCaching = TimeSpan.FromHours(1);

    private const string NotFetched = "Senders get no policy.";

    /// <summary>The one thing for which a sender would do without the policy, or that it is served.</summary>
    public static IEnumerable<Finding> Response(DomainFacts facts)
    {
        if (facts.Sts.Fetch is not { } fetch)
            return [];

        var response = PolicyHostReach.Decisive(fetch)?.Response;
        return fetch.Outcome switch
        {
            FetchOutcome.Body body => [Served(facts, fetch, body)],
            FetchOutcome.Failed failed when response is { LooksLikeChallenge: true } && IsHttp(failed.Failure) =>
            [
                BotCheck(facts, failed, response),
            ],
            FetchOutcome.Failed { Failure: FetchFailure.Redirect } failed => [Redirect(facts, failed, response)],
            FetchOutcome.Failed { Failure: FetchFailure.HttpStatus } failed => [Status(facts, failed, response)],
            FetchOutcome.Failed { Failure: FetchFailure.HttpProtocol } failed => [NotHttp(facts, failed)],
            FetchOutcome.Failed { Failure: FetchFailure.MediaType } failed => [MediaType(facts, failed, response)],
            FetchOutcome.Failed { Failure: FetchFailure.ContentCoding } failed => [Compressed(facts, failed)],
            FetchOutcome.Failed { Failure: FetchFailure.Size } failed => [Size(facts, failed)],
            FetchOutcome.Failed { Failure: FetchFailure.Timeout } failed => [Timeout(facts, failed)],
            _ => [],
        };
    }

    /// <summary>A cache between the policy and its readers.</summary>
    public static IEnumerable<Finding> Caching(DomainFacts facts)
    {
        if (
            facts.Sts.Fetch is not { Outcome: FetchOutcome.Body } fetch
            || PolicyHostReach.Decisive(fetch)?.Response is not { } response
        )
            yield break;

        var age = response.Age ?? 0;
        var lifetime = SharedLifetime(response.CacheControl ?? "");
        var isLong = Math.Max(age, lifetime) > LongCaching.TotalSeconds;
        if (age <= 0 && !isLong)
            yield break;

        var (text, ageText) = (lifetime.ToString(CultureInfo.InvariantCulture), age.ToString(CultureInfo.InvariantCulture));
        yield return Finding.Of(
            "http-cache-header",
            isLong ? Level.Warn : Level.Info,
            PublishLines.PolicyHost(facts),
            age > 0
                ? $"A cache served a copy of the policy that is {ageText} seconds old. After a change some senders may still get the old text."
                : $"Caches may keep copies of the policy for {text} seconds. After a change some senders may still get the old text.",
            "Let the web server send this header, and empty the cache before you change the id in the record:\nCache-Control: max-age=60",
            ("age", ageText),
            ("cacheControl", response.CacheControl ?? "")
        );
    }

    private static bool IsHttp(FetchFailure failure) =>
        failure is FetchFailure.HttpStatus or FetchFailure.Redirect or FetchFailure.MediaType;

    private static Finding Served(DomainFacts facts, PolicyFetch fetch, FetchOutcome.Body body) =>
        Finding.Of(
            "http-status",
            Level.Ok,
            PublishLines.PolicyHost(facts),
            $"{PublishLines.PolicyHost(facts)} serves the policy as text/plain.",
            null,
            ("bytes", Wording.Number(body.Bytes.Length)),
            ("milliseconds", Wording.Number((int)Math.Clamp(fetch.Elapsed.TotalMilliseconds, 0, int.MaxValue)))
        );

    private static Finding BotCheck(DomainFacts facts, FetchOutcome.Failed failed, HttpResponseFacts response) =>
        PolicyHostReach.Lost(
            "http-bot-block",
            facts,
            failed,
            $"A bot check stands in front of the policy (status {Wording.Number(response.Status)}): browsers pass it, mail senders do not. {NotFetched}",
            $"Make an exception in the bot protection for {PublishLines.PolicyUrl(facts)}: everyone may fetch it, without cookies or scripts.",
            ("server", response.Server ?? "")
        );

    private static Finding Redirect(DomainFacts facts, FetchOutcome.Failed failed, HttpResponseFacts? response)
    {
        var target = response?.Location is { } location ? $" to {Wording.Quote(location)}" : "";
        var status = response is null ? "" : $" (status {Wording.Number(response.Status)})";
        return PolicyHostReach.Lost(
            "http-redirect",
            facts,
            failed,
            $"The web server redirects{target}{status}. Senders must not follow that, so they get no policy.",
            $"Serve the text itself, with status 200, at {PublishLines.PolicyUrl(facts)}",
            ("location", response?.Location ?? "")
        );
    }

    private static Finding Status(DomainFacts facts, FetchOutcome.Failed failed, HttpResponseFacts? response)
    {
        var url = PublishLines.PolicyUrl(facts);
        var (summary, remedy) = response?.Status switch
        {
            404 or 410 => (
                $"There is no file at {url} (status {Wording.Number(response.Status)}). {NotFetched}",
                $"Put the policy there, exactly by that name.{PolicyHostReach.Stranger(facts)}"
            ),
            401 or 403 => (
                $"The web server refuses access to {url} (status {Wording.Number(response.Status)}). {NotFetched}",
                "Allow everyone to read it, without login and from every address; look at bot protection, too."
            ),
            { } other => (
                $"The web server answers {url} with status {Wording.Number(other)}; only 200 counts. {NotFetched}",
                "Make the web server answer with status 200 and the text of the policy."
            ),
            null => (
                $"The web server answers {url} with an error. {NotFetched}",
                "Make the web server answer with status 200 and the text of the policy."
            ),
        };
        return PolicyHostReach.Lost(
            "http-status",
            facts,
            failed,
            summary,
            remedy,
            ("status", response is null ? "" : Wording.Number(response.Status))
        );
    }

    private static Finding NotHttp(DomainFacts facts, FetchOutcome.Failed failed) =>
        PolicyHostReach.Lost(
            "http-status",
            facts,
            failed,
            failed.Ours
                ? $"The policy of {facts.Domain} cannot be asked for: no address of the web can be written with such a name."
                : $"What answers at {PublishLines.PolicyUrl(facts)} is not HTTP, or breaks off. {NotFetched}",
            failed.Ours
                ? "Use a domain whose labels begin and end with a letter or digit, as mail domains do."
                : "Check that a web server with HTTPS listens there, and look into its log."
        );

    // A SHOULD of RFC 8461 §3.2. Senders that do not check it would accept the policy; those that do, ours among them, have none: off.
    private static Finding MediaType(DomainFacts facts, FetchOutcome.Failed failed, HttpResponseFacts? response) =>
        PolicyHostReach.Lost(
            "http-content-type",
            facts,
            failed,
            response?.ContentType is { } type
                ? $"The policy is served as {Wording.Quote(type)} instead of text/plain. Senders that check this use no policy."
                : "The policy is served without a media type. Senders that check this use no policy.",
            $"Let the web server send this header for {PublishLines.PolicyUrl(facts)}:\nContent-Type: text/plain; charset=utf-8",
            ("contentType", response?.ContentType ?? "")
        );

    private static Finding Compressed(DomainFacts facts, FetchOutcome.Failed failed) =>
        PolicyHostReach.Lost(
            "http-content-type",
            facts,
            failed,
            $"The policy is sent compressed although nobody asked for that. {NotFetched}",
            $"Switch off compression for {PublishLines.PolicyUrl(facts)}"
        );

    private static Finding Size(DomainFacts facts, FetchOutcome.Failed failed) =>
        PolicyHostReach.Lost(
            "http-size",
            facts,
            failed,
            $"What is served as the policy is larger than 64 kilobytes. {NotFetched}",
            "A policy is a few short lines. Serve those, not a web page."
        );

    private static Finding Timeout(DomainFacts facts, FetchOutcome.Failed failed) =>
        PolicyHostReach.Lost(
            "http-timeout",
            facts,
            failed,
            failed.Ours
                ? "The policy did not come in the time given to this check. Whether senders wait longer is not known."
                : $"The policy does not come within a minute. {NotFetched}",
            failed.Ours
                ? "Try again with more time (--timeout)."
                : "Make the web server answer at once: a policy is a small, fixed file."
        );

    // For how long shared caches may serve a copy (RFC 9111 §5.2.2): s-maxage goes before max-age.
    private static long SharedLifetime(string cacheControl)
    {
        var directives = cacheControl.Split(',', StringSplitOptions.TrimEntries);
        if (directives.Any(d => d.StartsWith("no-store", StringComparison.OrdinalIgnoreCase) || IsPrivate(d)))
            return 0;

        return Seconds(directives, "s-maxage=") ?? Seconds(directives, "max-age=") ?? 0;
    }

    private static bool IsPrivate(string directive) =>
        directive.StartsWith("no-cache", StringComparison.OrdinalIgnoreCase)
        || directive.StartsWith("private", StringComparison.OrdinalIgnoreCase);

    private static long? Seconds(string[] directives, string name) =>
        directives.FirstOrDefault(d => d.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } directive
        && long.TryParse(
            directive.AsSpan(name.Length).Trim('"'),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? seconds
            : null;
}
