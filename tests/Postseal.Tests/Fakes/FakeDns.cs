using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Tests.Fakes;

/// <summary>
/// DNS whose zones are a literal, one record a line: <c>name [ttl] TYPE data</c>. <c>secure ZONE</c> makes a zone DNSSEC-secure;
/// <c>!servfail</c> (a wire name of <see cref="DnsFailure"/>) in place of data makes the look-up fail. CNAMEs are followed.
/// </summary>
/// <example>
/// <code>
/// secure example.com
/// example.com               MX    10 mx.example.com
/// mx.example.com            A     192.0.2.1
/// mx.example.com            AAAA  !timeout
/// _25._tcp.mx.example.com   TLSA  3 1 1 00…
/// _mta-sts.example.com  60  TXT   v=STSv1; id=1;
/// </code>
/// </example>
public sealed class FakeDns : IDns
{
    private const int MaxLinks = 8;

    private volatile Zones _zones;

    public FakeDns(string zones) => _zones = Read(zones);

    private sealed record Zones(
        ILookup<(string Name, string Type), (int Ttl, string Data)> Records,
        HashSet<string> Names,
        List<DomainName> Secure
    );

    /// <summary>Every question, as <c>name TYPE</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>When set, answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Replaces everything.</summary>
    public void Become(string zones) => _zones = Read(zones);

    public Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct) => AnswerAsync(name, "TXT", data => data, ct);

    public Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct) => AnswerAsync(name, "MX", Mx, ct);

    public Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct) =>
        AnswerAsync(name, family == AddressFamily.InterNetworkV6 ? "AAAA" : "A", IPAddress.Parse, ct);

    public Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct) => AnswerAsync(name, "TLSA", Tlsa, ct);

    public Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct) =>
        AnswerAsync(name, "CNAME", DomainName.Parse, ct);

    public Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct) =>
        AnswerAsync(
            DomainName.Parse(string.Join('.', address.GetAddressBytes().Reverse()) + ".in-addr.arpa"),
            "PTR",
            DomainName.Parse,
            ct
        );

    private static Zones Read(string text)
    {
        var records = new List<(string Name, string Type, int Ttl, string Data)>();
        var secure = new List<DomainName>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (words[0] == "secure")
            {
                secure.Add(DomainName.Parse(words[1]));
                continue;
            }

            var rest = words[1].Split(' ', 2, StringSplitOptions.TrimEntries);
            var hasTtl = int.TryParse(rest[0], CultureInfo.InvariantCulture, out var ttl);
            if (hasTtl)
                rest = rest[1].Split(' ', 2, StringSplitOptions.TrimEntries);
            records.Add((words[0], rest[0], hasTtl ? ttl : 300, rest[1]));
        }

        var names = records.SelectMany(r => Ancestors(DomainName.Parse(r.Name))).ToHashSet();
        return new(records.ToLookup(r => (r.Name, r.Type), r => (r.Ttl, r.Data)), names, secure);
    }

    // A name exists when something below it does.
    private static IEnumerable<string> Ancestors(DomainName name)
    {
        for (var n = name; n is not null; n = n.Parent)
            yield return n.Value;
    }

    private static MxRecord Mx(string data)
    {
        var words = data.Split(' ');
        var preference = int.Parse(words[0], CultureInfo.InvariantCulture);
        return new(preference, words[1], DomainName.TryParse(words[1], out var host, out _) ? host : null);
    }

    private static TlsaRecord Tlsa(string data) =>
        TlsaRecord.TryParse(data, out var record, out var error) ? record : throw new FormatException(error.Code);

    private async Task<DnsAnswer<T>> AnswerAsync<T>(DomainName name, string type, Func<string, T> read, CancellationToken ct)
    {
        Asked.Enqueue($"{name} {type}");
        await Gate.WaitAsync(ct);
        ct.ThrowIfCancellationRequested();
        var zones = _zones;
        var aliases = new List<DomainName>();
        var ttl = int.MaxValue;
        var secure = true;
        for (var at = name; aliases.Count <= MaxLinks; at = aliases[^1])
        {
            secure &= zones.Secure.Any(at.IsWithin);
            var found = zones.Records[(at.Value, type)].ToList();
            if (found is [(_, ['!', .. var failure]), ..])
                return new DnsAnswer<T>.Failed(
                    Enum.GetValues<DnsFailure>().Single(f => f.ToWire() == failure),
                    $"{at} {type}: {failure}"
                );

            if (found.Count > 0)
            {
                ttl = Math.Min(ttl, found.Min(r => r.Ttl));
                return new DnsAnswer<T>.Found([.. found.Select(r => read(r.Data))], TimeSpan.FromSeconds(ttl), secure, aliases);
            }

            if (zones.Records[(at.Value, "CNAME")].ToList() is not [var link])
                return new DnsAnswer<T>.Absent(zones.Names.Contains(at.Value), secure, aliases);

            ttl = Math.Min(ttl, link.Ttl);
            aliases.Add(DomainName.Parse(link.Data));
        }

        return new DnsAnswer<T>.Failed(DnsFailure.AliasLoop, $"{name} {type}: alias loop");
    }
}
