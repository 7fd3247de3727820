using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Lab.Certificates;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>The certificates of a deployment, from files: <c>policy-hosts.pem</c>, <c>mail-hosts.pem</c> and, where there is one, <c>expired.pem</c>, each a chain, leaf first,
/// with its key beside it in <c>….key</c>; and <c>own.key</c>, the key of the certificates that nobody shall trust, which stays the same because a TLSA record tells of it.
/// A file that changes is read anew.</summary>
internal sealed class CertificateFolder
{
    /// <summary>What policy hosts show.</summary>
    public const string PolicyHosts = "policy-hosts";

    /// <summary>What mail servers show.</summary>
    public const string MailHosts = "mail-hosts";

    /// <summary>What the mail server shows whose certificate has expired.</summary>
    public const string Expired = "expired";

    private const string Own = "own.key";
    private const int MaxBytes = 1024 * 1024; // a chain of four certificates has some 20 KB, with a hundred names

    // A handshake must not wait for a disk each time; whoever has put a file there waits no longer than this.
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);

    // Long enough that no certificate of ours ends while a server runs.
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(3650);

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Loaded> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabChain> _untrusted = new(StringComparer.Ordinal);
    private readonly ECDsa _own;

    private CertificateFolder(string path, ECDsa own, TimeProvider clock, ILogger log) =>
        (_path, _own, _clock, _log) = (path, own, clock, log);

    /// <summary>Whether the folder is there and has been used.</summary>
    public static bool IsThere(string path) => File.Exists(Path.Combine(path, Own));

    /// <summary>Opens the folder; makes <c>own.key</c> if there is none.</summary>
    /// <exception cref="CertificateFolderException">It cannot be read, or the key cannot be made.</exception>
    public static CertificateFolder Open(string path, TimeProvider clock, ILogger log)
    {
        try
        {
            return new(path, OwnKey(Path.Combine(path, Own)), clock, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateFolderException($"{PrintableText.Of(Path.Combine(path, Own), 200)}: {e.Message}", e);
        }
    }

    /// <summary>The digest of the key of untrusted certificates, for TLSA 3 1 1 (RFC 6698 §2.1.3).</summary>
    public ImmutableArray<byte> OwnKeyDigest => [.. SHA256.HashData(_own.ExportSubjectPublicKeyInfo())];

    /// <summary>Whether there is an expired certificate for a host.</summary>
    /// <exception cref="CertificateFolderException">The file cannot be read, and never could.</exception>
    public bool HasExpired(string host) =>
        Find(Expired)?.Leaf is { } leaf
        && leaf.NotAfter < _clock.GetUtcNow()
        && leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false);

    /// <summary>One of the files; null until it is there. Certificates come after the servers: an authority asks these before it issues any.</summary>
    /// <exception cref="CertificateFolderException">It cannot be read, and never could.</exception>
    public LabChain? Find(string name)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var known = _files.GetValueOrDefault(name);
            if (known is not null && now - known.CheckedAt < Recheck)
                return known.Chain;

            try
            {
                _files[name] = Look(name, known, now);
            }
            catch (Exception e)
                when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                var problem = $"{PrintableText.Of(Path.Combine(_path, $"{name}.pem"), 200)}: {e.Message}";
                if (known?.Chain is null)
                    throw new CertificateFolderException(problem, e);

                // The old one is better than none, and a renewal may be half written.
                DeploymentLog.CertificateStays(_log, problem);
                _files[name] = known with { CheckedAt = now };
            }

            return _files[name].Chain;
        }
    }

    /// <summary>A certificate that nobody trusts.</summary>
    public LabChain Untrusted(string host)
    {
        lock (_gate)
        {
            if (!_untrusted.TryGetValue(host, out var chain))
                _untrusted.Add(host, chain = SelfSigned(host));

            return chain;
        }
    }

    private LabChain SelfSigned(string host)
    {
        var request = new CertificateRequest($"CN={host}", _own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = _clock.GetUtcNow();
        var leaf = request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + OwnLife);
        return new(leaf, leaf, []);
    }

    private Loaded Look(string name, Loaded? known, DateTimeOffset now)
    {
        var file = new FileInfo(Path.Combine(_path, $"{name}.pem"));
        if (!file.Exists)
            return new(known?.Chain, default, now);

        return known is not null && known.Stamp == file.LastWriteTimeUtc
            ? known with
            {
                CheckedAt = now,
            }
            : new(Read(name), file.LastWriteTimeUtc, now);
    }

    private LabChain Read(string name)
    {
        var file = Path.Combine(_path, name);
        var (pem, key) = (Text($"{file}.pem"), Text($"{file}.key"));
        var leaf = X509Certificate2.CreateFromPem(pem, key);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(pem);
        ImmutableArray<X509Certificate2> others = [.. all.Skip(1)];
        return new(leaf, others.FirstOrDefault(leaf), others);
    }

    private static string Text(string path) =>
        new FileInfo(path).Length <= MaxBytes
            ? File.ReadAllText(path)
            : throw new IOException("the file is too long for a certificate or key");

    private static ECDsa OwnKey(string path)
    {
        var key = ECDsa.Create();
        if (File.Exists(path))
        {
            key.ImportFromPem(Text(path));
            return key;
        }

        key.GenerateKey(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
        return key;
    }

    private sealed record Loaded(LabChain? Chain, DateTime Stamp, DateTimeOffset CheckedAt);
}

/// <summary>A certificate or key cannot be used; the message is a sentence for the operator.</summary>
public sealed class CertificateFolderException(string message, Exception inner) : Exception(message, inner);
