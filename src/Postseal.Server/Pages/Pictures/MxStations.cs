using System.Globalization;
using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Pictures;

/// <summary>The way to one MX host.</summary>
internal static class MxStations
{
    // A session that is refused ends the way only where a policy or DANE is in force.
    private const string Refused = "refused";

    /// <summary>Host, TLS, certificate.</summary>
    public static Way Of(MxPart mx, CheckDocument document) =>
        new(Html.Safe(mx.Host), [HostStation(mx, document), TlsStation(mx), CertificateStation(mx)]);

    private static Station HostStation(MxPart mx, CheckDocument document)
    {
        var title = Html.Safe(mx.Host);
        var preference = string.Create(CultureInfo.InvariantCulture, $"MX {mx.Preference}");
        if (document.Findings.Any(f => f.Id == "mx-uncovered" && f.Subject == mx.Host && f.Level is "breaks" or "off"))
            return new(title, $"{preference}, not in policy", "breaks", "fails");

        if (mx.Addresses.Count == 0)
            return new(title, $"{preference}, no address", "breaks", "fails");

        return mx.Decision switch
        {
            "unprotected" => new(title, $"{preference}, not enforced", "none", "nothing to hold it to"),
            _ when mx.Dane is { Tlsa.Count: > 0 } => new(title, $"{preference}, DANE", "ok", "passes"),
            _ => new(title, $"{preference}, in policy", "ok", "passes"),
        };
    }

    private static Station TlsStation(MxPart mx)
    {
        const string title = "STARTTLS";
        var sessions = mx.Sessions;
        if (sessions.Count == 0)
            return new(title, "not tried", "none", "not reached");

        if (sessions.FirstOrDefault(s => s.Starttls == false) is not null)
            return new(title, "not offered", Fault(mx), "fails");

        if (sessions.FirstOrDefault(s => s is { Starttls: true, Tls: null }) is not null)
            return new(title, "handshake fails", Fault(mx), "fails");

        return sessions.FirstOrDefault(s => s.Starttls is null) is not null
            ? new(title, "could not be tested", "unknown", "unknown")
            : new(title, Html.Safe(sessions[0].Tls!), "ok", "passes");
    }

    private static Station CertificateStation(MxPart mx)
    {
        const string title = "Certificate";
        var shown = mx.Sessions.Where(s => s.Certificate is not null).ToArray();
        if (shown.Length == 0)
            return new(title, "not seen", "none", "not reached");

        if (mx.Dane is { Tlsa.Count: > 0, Match: { } match })
            return match ? new(title, "matches TLSA", "ok", "passes") : new(title, "does not match TLSA", Fault(mx), "fails");

        var certificates = shown.Select(s => s.Certificate!).ToArray();
        if (certificates.FirstOrDefault(c => c.Problems.Any(p => !CodeWords.IsRemark(p))) is { } bad)
            return new(title, CodeWords.Certificate(bad.Problems), Fault(mx), "fails");

        if (certificates.FirstOrDefault(c => c.Problems.Count > 0) is { } odd)
            return new(title, CodeWords.Certificate(odd.Problems), "warn", "passes");

        var until = certificates.Min(c => c.NotAfter);
        return new(title, $"valid until {Times.Date(until!)}", "ok", "passes");
    }

    private static string Fault(MxPart mx) => mx.Decision == Refused ? "breaks" : "warn";
}
