using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Observations as JSON, to be kept. What senders write is cut to a length that tells everything.</summary>
internal static class ObservationText
{
    // User agents and EHLO names of any use are shorter.
    private const int MaxText = 300;

    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new Addresses(), new Texts() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
    };

    /// <summary>As text; holds no U+0000, which PostgreSQL cannot keep.</summary>
    public static string Of(Observation observation) => JsonSerializer.Serialize(observation, Options);

    /// <summary>From text.</summary>
    public static Observation Read(string text) => JsonSerializer.Deserialize<Observation>(text, Options)!;

    private static void NameKinds(JsonTypeInfo type)
    {
        if (type.Type != typeof(Observation))
            return;

        type.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = "kind" };
        foreach (var kind in typeof(Observation).GetNestedTypes())
            type.PolymorphismOptions.DerivedTypes.Add(new(kind, kind.Name));
    }

    private sealed class Addresses : JsonConverter<IPAddress>
    {
        public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            IPAddress.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class Texts : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            // By way of UTF-8: half a character at the cut, or sent as such, becomes U+FFFD; the writer would throw.
            writer.WriteStringValue(Encoding.UTF8.GetBytes(value.Length <= MaxText ? value : value[..MaxText]));
    }
}
