using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.Lookups;

namespace Postseal.Server.Api;

/// <summary>The data of a <c>step</c> event: something has been looked at.</summary>
/// <param name="Name"><c>waiting</c>, <c>record</c>, <c>policy-host</c>, <c>policy</c>, <c>tlsrpt</c>, <c>mx</c>, <c>host</c>, <c>dane</c>, <c>session</c> or <c>report-targets</c>.</param>
/// <param name="Subject">What it was about.</param>
/// <param name="Text">The same in words.</param>
public sealed record StepEvent(string Name, string Subject, string Text);

/// <summary>The data of a <c>failed</c> event: there will be no result.</summary>
/// <param name="Title">Why, in words.</param>
public sealed record FailedEvent(string Title);

/// <summary>A check as server-sent events: a <c>step</c> for each step, then one <c>result</c> with the whole document, or one <c>failed</c>.</summary>
internal static class CheckEvents
{
    public static async IAsyncEnumerable<SseItem<string>> Of(Lookup lookup, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var step in lookup.StepsAsync(ct))
        {
            if (step is null)
            {
                yield return new("{}", "waiting");
                continue;
            }

            var data = new StepEvent(step.Name, PrintableText.Of(step.Subject, 300), StepWords.Of(step));
            yield return new(JsonSerializer.Serialize(data, EventJson.Default.StepEvent), "step");
        }

        yield return await LastAsync(lookup, ct);
    }

    private static async Task<SseItem<string>> LastAsync(Lookup lookup, CancellationToken ct)
    {
        try
        {
            var result = await lookup.ResultAsync(ct);
            return new(JsonSerializer.Serialize(result.Document, EventJson.Default.CheckDocument), "result");
        }
        catch (Exception) when (!ct.IsCancellationRequested) // the desk has logged it
        {
            var why = lookup.IsAbandoned ? "The server is about to stop; ask again in a moment." : "The check failed.";
            return new(JsonSerializer.Serialize(new FailedEvent(why), EventJson.Default.FailedEvent), "failed");
        }
    }
}

/// <summary>Events are single lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StepEvent))]
[JsonSerializable(typeof(FailedEvent))]
[JsonSerializable(typeof(CheckDocument))]
internal sealed partial class EventJson : JsonSerializerContext;
