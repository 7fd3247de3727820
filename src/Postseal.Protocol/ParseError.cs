namespace Postseal.Protocol;

/// <summary>Why a text was refused, and where.</summary>
/// <param name="Code">Stable, dotted, lower-case code such as <c>sts.record.id-syntax</c>; listed in docs/parse-errors.md and never reused.</param>
/// <param name="Offset">Zero-based position of the first offending character (byte, for parsers of bytes); at most the input's length.</param>
public sealed record ParseError(string Code, int Offset);
