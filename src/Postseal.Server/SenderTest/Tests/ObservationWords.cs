using System.Globalization;
using Postseal.Lab.Watching;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Observations as lines for people; all that senders write is made safe to print.</summary>
internal static class ObservationWords
{
    private const int MaxText = 200;

    public static string Of(Observation observation) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{observation.At.UtcDateTime:HH:mm:ss} {(observation.Client is { } client ? $"{client} " : "")}{What(observation)}"
        );

    private static string What(Observation observation) =>
        observation switch
        {
            Observation.Asked o => $"asked DNS for {o.Type} {Safe(o.Name)}",
            Observation.Fetched o => string.Create(
                CultureInfo.InvariantCulture,
                $"fetched https://{o.Host}{Safe(o.Path)}: {o.Status}{(o.UserAgent is { } agent ? $", {Safe(agent)}" : "")}"
            ),
            Observation.HandshakeFailed o => $"no TLS with {o.Host}: {Safe(o.Reason)}",
            Observation.Connected o => $"connected to {o.Host}",
            Observation.Greeted o => $"EHLO {Safe(o.Name)}{(o.OverTls ? " over TLS" : "")}",
            Observation.Secured o =>
                $"{o.Protocol}{(o.Cipher is { } cipher ? $", {cipher}" : "")}, SNI {(o.Sni is { } sni ? Safe(sni) : "none")}",
            Observation.Addressed o => $"RCPT {Safe(o.Recipient)}: {(o.Accepted ? "taken" : "refused")}",
            Observation.Delivered o => $"message taken{(o.OverTls ? " over TLS" : " in clear")} for {Safe(o.Recipient)}",
            Observation.Left => "left",
            _ => "did something",
        };

    private static string Safe(string text) => PrintableText.Of(text, MaxText);
}
