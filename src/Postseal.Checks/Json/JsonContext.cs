using System.Text.Json.Serialization;

namespace Postseal.Checks.Json;

/// <summary>Source-generated serialization of the check document: AOT-clean, camelCase, indented. Non-ASCII and control characters are escaped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(IReadOnlyList<CheckDocument>))]
public sealed partial class JsonContext : JsonSerializerContext;
