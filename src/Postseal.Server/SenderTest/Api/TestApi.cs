using Postseal.Server.SenderTest.Documents;

namespace Postseal.Server.SenderTest.Api;

/// <summary>The part of the API that is about tests of senders.</summary>
internal static class TestApi
{
    private const string Tests = "/api/v1/sender-test";
    private const string OneTest = $"{Tests}/{{key}}";

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(Tests, TestEndpoints.OpenAsync)
            .WithName("openSenderTest")
            .WithTags("Sender tests")
            .Produces<OpenedTest>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Open a test of a sender")
            .WithDescription("Gives one address for each case. Let the sender under test write to them, and read the test.");
        routes
            .MapGet(OneTest, TestEndpoints.ReadAsync)
            .WithName("readSenderTest")
            .WithTags("Sender tests")
            .Produces<TestDocument>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("How a test stands")
            .WithDescription(
                "Addresses, verdicts and evidence. First verdicts come within minutes; they are final 48 hours after the messages of the latest round were due."
            );
        routes
            .MapGet($"{OneTest}/events", TestEndpoints.Events)
            .WithName("watchSenderTest")
            .WithTags("Sender tests")
            .Produces<TestDocument>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Watch a test")
            .WithDescription(
                "Server-sent events: 'changed' with the document, at once and whenever something was seen; 'waiting' now and then."
            );
        routes
            .MapPost($"{OneTest}/rounds/{{round}}", TestEndpoints.NextAsync)
            .WithName("turnSenderTest")
            .WithTags("Sender tests")
            .Produces<TestDocument>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Begin the next round of a test")
            .WithDescription(
                "When the messages of the present round have been sent: some domains change, for good, and new addresses are given. 409 for a round that is neither the present one nor the next, and when the test is final."
            );
        routes
            .MapPost($"{OneTest}/bounces", TestEndpoints.BouncesAsync)
            .WithName("addBounce")
            .WithTags("Sender tests")
            .Accepts<string>("text/plain", "*/*")
            .Produces<BouncesDocument>()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Add a bounce to a test")
            .WithDescription(
                "The body is the text of a bounce (RFC 3464), or lines of a log or a queue that name addresses of the test, at most 64 KiB of UTF-8. Status and reason stand in the evidence from then on, also when the test is final; no verdict changes."
            );
        routes
            .MapDelete(OneTest, TestEndpoints.DeleteAsync)
            .WithName("deleteSenderTest")
            .WithTags("Sender tests")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Delete a test")
            .WithDescription("At once, with all that was seen in it.");
    }
}
