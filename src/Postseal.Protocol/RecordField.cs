namespace Postseal.Protocol;

/// <summary>One unknown <c>name=value</c> field of a record, or <c>name: value</c> line of a policy: accepted and ignored (RFC 8461 §3.1, §3.2).</summary>
public sealed record RecordField(string Name, string Value);
