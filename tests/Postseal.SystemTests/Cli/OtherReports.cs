namespace Postseal.SystemTests.Cli;

/// <summary>The parts of <c>postseal.resolve/1</c> that stories look at.</summary>
public sealed record ResolveReport(string Schema, string Domain, IReadOnlyList<ResolvedMx> Mx);

/// <summary>What a sender does with one MX host, and the row of table D-MX it goes by.</summary>
public sealed record ResolvedMx(string Host, string Decision, string Rule);

/// <summary>The parts of <c>postseal.probe/1</c> that stories look at.</summary>
public sealed record ProbeReport(string Schema, string Host, IReadOnlyList<SessionReport> Sessions);
