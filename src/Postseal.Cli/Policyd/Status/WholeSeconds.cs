using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postseal.Cli.Policyd.Status;

/// <summary>Times of the status pages: RFC 3339 in UTC, whole seconds, as people read and compare them; what is below a second is cut off.</summary>
internal sealed class WholeSeconds : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
