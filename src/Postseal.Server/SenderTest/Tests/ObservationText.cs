using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Observations as JSON, to be kept. What senders write is cut to a length that tells everything.</summary>
internal static class ObservationText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new Addresses(), new Texts() },
        // Never part of a page. What it escapes all the same, and how many bytes that takes, is in Cost.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
    };

    /// <summary>The same with texts as short as they are kept: what waits in memory takes no more.</summary>
    public static Observation Cut(Observation observation) =>
        observation switch
        {
            Observation.Asked o => o with { Name = Cut(o.Name), Type = Cut(o.Type) },
            Observation.Fetched o => o with { Host = Cut(o.Host), Path = Cut(o.Path), UserAgent = CutOrNull(o.UserAgent) },
            Observation.Reported o => o with
            {
                Host = Cut(o.Host),
                ContentType = Cut(o.ContentType),
                Domain = CutOrNull(o.Domain),
            },
            Observation.HandshakeFailed o => o with { Host = Cut(o.Host), Reason = Cut(o.Reason) },
            Observation.Connected o => o with { Host = Cut(o.Host) },
            Observation.Greeted o => o with { Host = Cut(o.Host), Name = Cut(o.Name) },
            Observation.Secured o => o with
            {
                Host = Cut(o.Host),
                Sni = CutOrNull(o.Sni),
                Protocol = Cut(o.Protocol),
                Cipher = CutOrNull(o.Cipher),
            },
            Observation.Addressed o => o with { Host = Cut(o.Host), Recipient = Cut(o.Recipient) },
            Observation.Delivered o => o with
            {
                Host = Cut(o.Host),
                Recipient = Cut(o.Recipient),
                Sender = Cut(o.Sender),
                TlsRequired = CutOrNull(o.TlsRequired),
                ReportDomain = CutOrNull(o.ReportDomain),
                ReportSubmitter = CutOrNull(o.ReportSubmitter),
            },
            Observation.Left o => o with { Host = Cut(o.Host) },
            Observation.Bounced o => o with { Action = CutOrNull(o.Action), Status = CutOrNull(o.Status), Text = Cut(o.Text) },
            _ => throw new UnreachableException(),
        };

    /// <summary>As text; holds no U+0000, which PostgreSQL cannot keep.</summary>
    public static string Of(Observation observation) => JsonSerializer.Serialize(observation, Options);

    /// <summary>How many bytes that has.</summary>
    public static int BytesOf(Observation observation) => JsonSerializer.SerializeToUtf8Bytes(observation, Options).Length;

    /// <summary>From text.</summary>
    public static Observation Read(string text) => JsonSerializer.Deserialize<Observation>(text, Options)!;

    /// <summary>One text as long as it is kept.</summary>
    public static string Cut(string text) => text.Length <= TestLimits.Text ? text : text[..TestLimits.Text];

    private static string? CutOrNull(string? text) => text is null ? null : Cut(text);

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
            writer.WriteStringValue(Encoding.UTF8.GetBytes(Storable(value)));

        private static string Storable(string value)
        {
            var (length, bytes) = (0, 0);
            foreach (var rune in value.EnumerateRunes())
            {
                bytes += Cost(rune);
                if (bytes > TestLimits.TextBytes)
                    return value[..length];

                length += rune.Utf16SequenceLength;
            }

            return value;
        }

        // At the most: \uXXXX for whatever is no printable ASCII, twice where it takes two.
        private static int Cost(Rune rune) =>
            rune.Value is >= ' ' and <= '~' and not ('"' or '\\') ? 1 : 6 * rune.Utf16SequenceLength;
    }
}
