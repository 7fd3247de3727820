using Postseal.Checks.Json;

namespace Postseal.Checks.Lint;

/// <summary>Machine output of <c>policy lint</c>, schema <c>postseal.lint/1</c>.</summary>
/// <param name="Error">Why the text is no policy; null when it is one.</param>
/// <param name="Policy">The policy read; null when the text is none.</param>
public sealed record LintDocument(
    string Schema,
    bool Valid,
    LintError? Error,
    IReadOnlyList<LintRemark> Remarks,
    PolicyPart? Policy
);

/// <summary>Why a text is no policy; line and column count from 1, offset from 0.</summary>
public sealed record LintError(string Code, int Offset, int Line, int Column, string Message);

/// <summary>Something odd but not fatal.</summary>
public sealed record LintRemark(string Code, int Line, string Text);
