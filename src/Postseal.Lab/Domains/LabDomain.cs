using System.Collections.Immutable;
using System.Net;
using System.Text;
using Postseal.Lab.Dns;
using Postseal.Lab.Https;
using Postseal.Lab.Smtp;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Domains;

/// <summary>One domain of the lab: its records, its policy host and its mail servers. The methods return changed copies.</summary>
/// <param name="Name">Absolute, lower case, without the final dot.</param>
/// <param name="Fault">What is wrong with it, in one line for people.</param>
public sealed record LabDomain(string Name, string Fault)
{
    /// <summary>The <c>id</c> of every healthy record.</summary>
    public const string PolicyId = "20261101T120000";

    private const string PadLine = "padding: this line is legal and means nothing\r\n";

    /// <summary>Whether its answers are DNSSEC-secure.</summary>
    public bool HasDnssec { get; init; }

    /// <summary>Its records; owners relative to <see cref="Name"/>.</summary>
    public ImmutableArray<ZoneRecord> Records { get; init; } = [];

    /// <summary>Its HTTPS servers.</summary>
    public ImmutableArray<PolicySite> Sites { get; init; } = [];

    /// <summary>Its mail servers.</summary>
    public ImmutableArray<Receiver> Receivers { get; init; } = [];

    /// <summary>A loopback address of this domain, the same whatever other domains there are; a test sees to it that no two agree.</summary>
    /// <param name="last">The last octet, free to choose.</param>
    public IPAddress Address(byte last)
    {
        var hash = Encoding.ASCII.GetBytes(Name).Aggregate(2166136261u, (h, b) => unchecked((h ^ b) * 16777619)); // FNV-1a
        return new([127, (byte)(1 + (hash >> 24) % 254), (byte)(hash >> 16 & 255), last]);
    }

    /// <summary>A domain with one healthy MX and nothing else.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static LabDomain Plain(string name, string fault) => new LabDomain(name, fault).AddReceiver("mx1", 25).Mx((10, "mx1"));

    /// <summary>Adds a policy host with a valid enforce policy for <c>mx1</c>, and the record that tells of it.</summary>
    /// <param name="id">Of the policy (RFC 8461 §3.1).</param>
    public LabDomain AddSts(string id = PolicyId)
    {
        var address = Address(80);
        return (this with { Sites = [new PolicySite($"mta-sts.{Name}", address)] })
            .Txt("_mta-sts", $"v=STSv1; id={id};")
            .Add(new ZoneRecord.Address("mta-sts", address))
            .Enforce($"mx1.{Name}");
    }

    /// <summary>Adds records beside those that are there.</summary>
    public LabDomain Add(params ReadOnlySpan<ZoneRecord> records) => this with { Records = [.. Records, .. records] };

    /// <summary>Removes every record of an owner.</summary>
    public LabDomain Without(string owner) => this with { Records = Records.RemoveAll(r => r.Owner == owner) };

    /// <summary>Replaces all that an owner has.</summary>
    public LabDomain Replace(string owner, params ReadOnlySpan<ZoneRecord> records) => Without(owner).Add(records);

    /// <summary>Replaces all that an owner has by TXT records of one string each.</summary>
    public LabDomain Txt(string owner, params ReadOnlySpan<string> texts)
    {
        var domain = Without(owner);
        foreach (var text in texts)
            domain = domain.AddTxt(owner, text);
        return domain;
    }

    /// <summary>Adds a TXT record of one string.</summary>
    /// <param name="ttl">Seconds.</param>
    public LabDomain AddTxt(string owner, string text, int ttl = ZoneRecord.UsualTtl) =>
        Add(new ZoneRecord.Txt(owner, [Encoding.UTF8.GetBytes(text)]) { Ttl = ttl });

    /// <summary>Replaces the MX records.</summary>
    public LabDomain Mx(params ReadOnlySpan<(int Preference, string Exchange)> exchanges)
    {
        var domain = this with { Records = Records.RemoveAll(r => r is ZoneRecord.Mx) };
        foreach (var (preference, exchange) in exchanges)
            domain = domain.Add(new ZoneRecord.Mx("@", preference, exchange));
        return domain;
    }

    /// <summary>Replaces the policy text, byte by byte.</summary>
    public LabDomain Policy(string text) => Site(s => s with { Body = Encoding.UTF8.GetBytes(text) });

    /// <summary>Replaces the policy by these lines, each ended by CRLF.</summary>
    public LabDomain PolicyLines(params ReadOnlySpan<string> lines) =>
        Policy(string.Concat(lines.ToArray().Select(l => l + "\r\n")));

    /// <summary>A valid enforce policy for these patterns.</summary>
    public LabDomain Enforce(params ReadOnlySpan<string> patterns) =>
        PolicyLines(["version: STSv1", "mode: enforce", .. patterns.ToArray().Select(p => $"mx: {p}"), "max_age: 1209600"]);

    /// <summary>Makes the policy at least this many bytes long, by fields that mean nothing.</summary>
    public LabDomain Pad(int length) =>
        Site(s =>
        {
            var text = new StringBuilder(Encoding.UTF8.GetString(s.Body.Span), length + PadLine.Length);
            while (text.Length < length)
                text.Append(PadLine);
            return s with { Body = Encoding.UTF8.GetBytes(text.ToString()) };
        });

    /// <summary>Changes every HTTPS server.</summary>
    public LabDomain Site(Func<PolicySite, PolicySite> change) => this with { Sites = [.. Sites.Select(change)] };

    /// <summary>Changes how every HTTPS server does TLS.</summary>
    public LabDomain SiteTls(TlsFace face) => Site(s => s with { Tls = face });

    /// <summary>Adds an address of the policy host and a server there that is like the first but for this change.</summary>
    public LabDomain AddSite(IPAddress address, Func<PolicySite, PolicySite> change) =>
        Add(new ZoneRecord.Address("mta-sts", address)) with
        {
            Sites = Sites.Add(change(Sites[0] with { Address = address })),
        };

    /// <summary>Adds a mail server with its address record; last octet of its address as given.</summary>
    /// <param name="face">How it does TLS; well, if left out.</param>
    public LabDomain AddReceiver(string label, byte last, TlsFace? face = null) => AddReceiver(label, Address(last), face);

    /// <summary>The same at an address of any other kind; the one of IPv6 is <c>::1</c>, and only one server can have it.</summary>
    /// <param name="face">How it does TLS; well, if left out.</param>
    public LabDomain AddReceiver(string label, IPAddress address, TlsFace? face = null)
    {
        var receiver = new Receiver(NameText.Absolute(label, Name), address) { Tls = face ?? TlsFace.Good };
        return Add(new ZoneRecord.Address(label, receiver.Address)) with { Receivers = Receivers.Add(receiver) };
    }

    /// <summary>Adds the reverse name of an address at which no server of the lab stands; the others have theirs anyway.</summary>
    public LabDomain AddReverse(IPAddress address, string label) =>
        Add(new ZoneRecord.Reverse($"{LabZones.ReverseName(address)}.", label));

    /// <summary>Changes every mail server.</summary>
    public LabDomain Receiver(Func<Receiver, Receiver> change) => this with { Receivers = [.. Receivers.Select(change)] };

    /// <summary>Changes how every mail server does TLS.</summary>
    public LabDomain ReceiverTls(TlsFace face) => Receiver(r => r with { Tls = face });

    /// <summary>Adds a second MX, <c>mx2</c>, and names both in the policy.</summary>
    /// <param name="face">How it does TLS; well, if left out.</param>
    public LabDomain AddMx2(TlsFace? face = null) =>
        AddReceiver("mx2", 26, face).Mx((10, "mx1"), (20, "mx2")).Enforce($"mx1.{Name}", $"mx2.{Name}");
}
