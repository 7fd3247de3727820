using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Api;

/// <summary>A test as server-sent events: <c>changed</c> with the whole document, at once and whenever something was seen, and <c>waiting</c> now and
/// then. The stream ends with the test.</summary>
internal static class TestEvents
{
    // A message makes a dozen observations within a second; each event has the whole test.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A test of 1,500 observations takes 30 ms to read: whoever has something seen in it every second has it told every five.
    private static readonly TimeSpan PausePerObservation = TimeSpan.FromMilliseconds(3);

    // Proxies close a connection on which nothing has come for a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    // Who watches longer asks again, as browsers do by themselves.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>The kind of the text that an event has.</summary>
    private const string Kind = "event";

    public static async IAsyncEnumerable<SseItem<string>> Of(
        TestDesk desk,
        Audience audience,
        string key,
        LiveTest test,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var (begun, told) = (clock.GetTimestamp(), default(TestState?));
        while (desk.Find(key) == test && clock.GetElapsedTime(begun) < Longest)
        {
            var changed = test.ChangeAsync(ct); // before reading: what comes meanwhile is told next time
            var state = audience.StateOf(test);
            if (state != told)
            {
                yield return new(await audience.TextAsync(test, Kind, TextAsync, ct), "changed");
                told = state;
                await Task.Delay(Pause + (test.Kept * PausePerObservation), clock, ct);
            }
            else
                yield return new("{}", "waiting");

            await EndsAsync(changed, Wait(test.SendAt - clock.GetUtcNow()), clock, ct);
        }
    }

    // What is to be waited for before a message is sent ends by itself, and nothing is seen then. In whole seconds: timers come a little early.
    private static TimeSpan Wait(TimeSpan untilDue) =>
        untilDue > TimeSpan.Zero && untilDue < Patience ? TimeSpan.FromSeconds(Math.Ceiling(untilDue.TotalSeconds)) : Patience;

    private static Task<string> TextAsync(TestReport report, CancellationToken ct) =>
        ct.IsCancellationRequested
            ? Task.FromCanceled<string>(ct)
            : Task.FromResult(JsonSerializer.Serialize(TestDocument.Of(report), TestJson.Default.TestDocument));

    private static async Task EndsAsync(Task changed, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await changed.WaitAsync(patience, clock, ct);
        }
        catch (TimeoutException)
        {
            // Nothing has happened.
        }
    }
}

/// <summary>Events are single lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TestDocument))]
internal sealed partial class TestJson : JsonSerializerContext;
