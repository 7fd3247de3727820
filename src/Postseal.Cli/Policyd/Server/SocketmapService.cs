namespace Postseal.Cli.Policyd.Server;

/// <summary>Answers from memory, or says that it cannot. Never blocks and allocates nothing: it runs on the thread that serves every connection.</summary>
/// <param name="request">The payload of one netstring, <c>NAME SP KEY</c>; valid only during the call.</param>
/// <param name="reply">The whole netstring to send: shared bytes that never change.</param>
internal delegate bool WarmAnswer(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> reply);

/// <summary>Answers by looking things up. May take as long as one answer may; throws only when cancelled.</summary>
/// <param name="request">The payload of one netstring, <c>NAME SP KEY</c>, the callee's to keep.</param>
internal delegate Task<ReadOnlyMemory<byte>> ColdAnswer(ReadOnlyMemory<byte> request, CancellationToken ct);

/// <summary>What the server asks for its answers: first from memory, then by a look-up.</summary>
internal sealed record SocketmapService(WarmAnswer Warm, ColdAnswer Cold);
