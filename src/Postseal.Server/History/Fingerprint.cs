using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postseal.Checks.Json;

namespace Postseal.Server.History;

/// <summary>
/// Tells whether two checks saw the same. Left out is what differs without anything having changed: times and timings, sentences and remedies (they
/// hold days and proposed ids), and the order in which DNS gives addresses.
/// </summary>
internal static class Fingerprint
{
    /// <summary>SHA-256 of what counts, lower-case hexadecimal.</summary>
    public static string Of(CheckDocument document)
    {
        var text = new StringBuilder();
        Add("verdict", document.Verdict.Mail, document.Verdict.Protection);
        foreach (var f in document.Findings.OrderBy(f => (f.Id, f.Subject, f.Level)))
            Add("finding", f.Id, f.Subject, f.Level);

        Add("record", document.Record?.Text);
        Add("policy", document.Policy?.Text);
        Add("tlsrpt", document.Tlsrpt?.Text);
        foreach (var mx in document.Mx)
        {
            Add("mx", mx.Host, mx.Preference.ToString(CultureInfo.InvariantCulture), mx.Decision);
            foreach (var address in mx.Addresses.Order(StringComparer.Ordinal))
                Add("address", address);

            foreach (var s in mx.Sessions.OrderBy(s => s.Address, StringComparer.Ordinal))
                Add("session", s.Address, s.Result, s.Tls, s.Certificate?.Sha256);

            foreach (var tlsa in mx.Dane?.Tlsa.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
                Add("tlsa", tlsa);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        // Lengths first: no text from outside can look like two.
        void Add(params ReadOnlySpan<string?> values)
        {
            foreach (var value in values)
                text.Append(CultureInfo.InvariantCulture, $"{value?.Length ?? -1}:{value} ");
        }
    }
}
