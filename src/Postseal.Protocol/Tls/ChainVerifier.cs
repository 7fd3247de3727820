using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postseal.Protocol.Tls;

/// <summary>
/// Judges chains against one set of roots, each chain once for each host: the addresses of a host, its sessions with and without SNI and many policy
/// hosts at one hoster present the same. Who gets a chain again gets the same instance, so that what is kept of many sessions takes the room of one.
/// </summary>
/// <param name="roots">Trusted roots, self-signed; the whole trust store; asked for at the first certificate.</param>
public sealed class ChainVerifier(Lazy<X509Certificate2Collection> roots)
{
    /// <summary>Chains remembered. A check of the largest domain sees 64 addresses.</summary>
    private const int MaxChains = 128;

    /// <summary>Bytes of certificates remembered; twice as much at most with what was read out of them. Real chains have 5 KB.</summary>
    private const long MaxBytes = 2 * 1024 * 1024;

    /// <summary>Roots have dates, too, and are not among what was sent.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Judged> _judged = [];
    private readonly Queue<string> _order = [];
    private long _bytes;

    private sealed record Judged(PresentedChain Chain, DateTimeOffset At, long Bytes);

    /// <summary>As <see cref="ChainJudge.Judge"/>.</summary>
    /// <param name="presented">Leaf first, in the order sent; not empty. Not disposed here.</param>
    /// <param name="host">The only reference name.</param>
    /// <param name="now">The time to judge at.</param>
    public PresentedChain Judge(IReadOnlyList<X509Certificate2> presented, DomainName host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(presented);
        ArgumentNullException.ThrowIfNull(host);
        var key = Key(presented, host);
        lock (_gate)
        {
            if (
                _judged.TryGetValue(key, out var known)
                && (now - known.At).Duration() < MaxAge
                && !DateLiesBetween(known.Chain, known.At, now)
            )
                return known.Chain;
        }

        var chain = ChainJudge.Judge(presented, host, roots.Value, now);
        lock (_gate)
            Keep(key, new(chain, now, chain.Certificates.Sum(c => (long)c.Der.Length)));

        return chain;
    }

    private static string Key(IEnumerable<X509Certificate2> presented, DomainName host)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(host.Value + "\n"));
        foreach (var certificate in presented.Take(ChainJudge.MaxCertificates))
            hash.AppendData(certificate.RawDataMemory.Span); // DER says its own length
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Nothing but the dates in it makes a judgement change with time.</summary>
    private static bool DateLiesBetween(PresentedChain chain, DateTimeOffset one, DateTimeOffset other)
    {
        var (from, to) = one <= other ? (one, other) : (other, one);
        return chain.Certificates.Any(c => IsWithin(c.NotBefore) || IsWithin(c.NotAfter));

        bool IsWithin(DateTimeOffset date) => from <= date && date <= to;
    }

    private void Keep(string key, Judged judged)
    {
        if (_judged.TryGetValue(key, out var old))
            _bytes -= old.Bytes;
        else
            _order.Enqueue(key);

        _judged[key] = judged;
        _bytes += judged.Bytes;
        while (_order.Count > MaxChains || (_bytes > MaxBytes && _order.Count > 1))
        {
            if (_judged.Remove(_order.Dequeue(), out var gone))
                _bytes -= gone.Bytes;
        }
    }
}
