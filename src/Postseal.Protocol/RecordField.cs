namespace Postseal.Protocol;

/// <summary>One ignored <c>name=value</c> field of a record, or <c>name: value</c> line of a policy (RFC 8461 §3.1, §3.2): well-formed, but either
/// unknown or a repeat of a key that counts once.</summary>
public sealed record RecordField(string Name, string Value);
