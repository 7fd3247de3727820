namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Machine output of <c>policyd --self-test</c>, schema <c>postseal.selftest/1</c>. The verdict is <c>ok</c>, <c>change</c> or <c>unknown</c>.</summary>
internal sealed record SelfTestDocument(string Schema, string Verdict, IReadOnlyList<SelfTestPart> Findings);

/// <summary>One finding; the level is <c>ok</c>, <c>note</c>, <c>change</c> or <c>unknown</c>.</summary>
internal sealed record SelfTestPart(string Id, string Level, string Summary, string? Remedy, IReadOnlyList<string>? Commands);
