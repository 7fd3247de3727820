using DnsClient;

namespace Postseal.Resolver.Dns;

/// <summary>What came of asking the resolvers one question, without following anything.</summary>
internal abstract record StubReply
{
    private StubReply() { }

    /// <summary>NOERROR or NXDOMAIN, and an answer to this very question.</summary>
    public sealed record Answered(IDnsQueryResponse Response) : StubReply;

    /// <summary>No resolver gave an answer that counts.</summary>
    public sealed record Failed(DnsFailure Failure, string Detail) : StubReply;
}
