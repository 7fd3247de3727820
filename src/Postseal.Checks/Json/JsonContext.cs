using System.Text.Json.Serialization;
using Postseal.Checks.Export;
using Postseal.Checks.Lint;

namespace Postseal.Checks.Json;

/// <summary>Source-generated serialization of the check document, the lint document and SARIF: AOT-clean, camelCase, indented. Non-ASCII and control characters are escaped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(IReadOnlyList<CheckDocument>))]
[JsonSerializable(typeof(LintDocument))]
[JsonSerializable(typeof(SarifLog))]
public sealed partial class JsonContext : JsonSerializerContext;
