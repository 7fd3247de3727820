namespace Postseal.Server.Lookups;

/// <summary>The page of a result, made once for all who read it.</summary>
/// <param name="Bytes">The whole page, UTF-8.</param>
/// <param name="Result">Where in it the result stands, without what is around it.</param>
internal sealed record KeptPage(ReadOnlyMemory<byte> Bytes, Range Result);
