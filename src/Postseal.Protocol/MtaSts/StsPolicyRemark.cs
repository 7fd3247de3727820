using System.Collections.Immutable;

namespace Postseal.Protocol.MtaSts;

/// <summary>Something odd but not fatal in a policy text that a checker mentions and a sender ignores.</summary>
/// <param name="Code">One of <c>duplicate-key</c>, <c>unknown-key</c>, <c>blank-line</c>, <c>lf-line-ends</c>, <c>mixed-line-ends</c>, <c>no-final-line-end</c>, <c>trailing-blank</c>, <c>max-age-over</c>, <c>mx-address</c>.</param>
/// <param name="Line">One-based line.</param>
/// <param name="Text">The key or value meant; may be hostile, escape before printing.</param>
public sealed record StsPolicyRemark(string Code, int Line, string Text)
{
    /// <summary>All remarks on a text, valid or not, in order of line.</summary>
    public static ImmutableArray<StsPolicyRemark> Inspect(ReadOnlySpan<byte> text) => throw new NotSupportedException();
}
