using System.Text.Json.Serialization;
using Postseal.Checks.Json;
using Postseal.Cli.Policyd.SelfTest;

namespace Postseal.Cli.Commands;

/// <summary>Machine output of <c>resolve</c>, schema <c>postseal.resolve/1</c>.</summary>
internal sealed record ResolveDocument(
    string Schema,
    string Domain,
    StsPart Sts,
    bool? MxSecure,
    IReadOnlyList<ResolveMxPart> Mx
);

/// <summary>The policy as a sender has it: <c>found</c>, <c>not-published</c>, <c>unusable</c> or <c>unknown</c>.</summary>
internal sealed record StsPart(
    string Outcome,
    string? Id,
    string? Mode,
    long? MaxAge,
    IReadOnlyList<string>? Mx,
    string? Stage,
    string? Reason
);

/// <summary>What a compliant sender does with one host.</summary>
internal sealed record ResolveMxPart(
    string Host,
    int Preference,
    string Decision,
    string Why,
    string Rule,
    string? Result,
    IReadOnlyList<string>? Tlsa
);

/// <summary>Machine output of <c>probe</c>, schema <c>postseal.probe/1</c>.</summary>
internal sealed record ProbeDocument(string Schema, string Host, int Port, IReadOnlyList<SessionPart> Sessions);

/// <summary>Machine output of <c>policy new</c>, schema <c>postseal.policy/1</c>. Steps are in the order of publication.</summary>
internal sealed record NewPolicyDocument(
    string Schema,
    string Domain,
    string Url,
    string Policy,
    string Id,
    IReadOnlyList<string> Dns,
    IReadOnlyList<string> Warnings
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ResolveDocument))]
[JsonSerializable(typeof(ProbeDocument))]
[JsonSerializable(typeof(NewPolicyDocument))]
[JsonSerializable(typeof(SelfTestDocument))]
internal sealed partial class CliJson : JsonSerializerContext;
