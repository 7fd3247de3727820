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
    // A message makes a dozen observations within a second; each event costs a reading of the test.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Proxies close a connection on which nothing has come for a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    // Who watches longer asks again, as browsers do by themselves.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public static async IAsyncEnumerable<SseItem<string>> Of(
        TestDesk desk,
        string key,
        LiveTest test,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var (begun, isNew) = (clock.GetTimestamp(), true);
        while (desk.Find(key) == test && clock.GetElapsedTime(begun) < Longest)
        {
            var changed = test.ChangeAsync(ct); // before reading: what comes meanwhile is told next time
            if (isNew)
            {
                var document = TestDocument.Of(await desk.ReportAsync(test, ct));
                yield return new(JsonSerializer.Serialize(document, TestJson.Default.TestDocument), "changed");
                await Task.Delay(Pause, clock, ct);
            }
            else
                yield return new("", "waiting");

            isNew = await EndsAsync(changed, clock, ct);
        }
    }

    private static async Task<bool> EndsAsync(Task changed, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await changed.WaitAsync(Patience, clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>Events are single lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TestDocument))]
internal sealed partial class TestJson : JsonSerializerContext;
