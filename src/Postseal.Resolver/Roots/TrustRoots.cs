using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Resolver.Roots;

/// <summary>The roots a sender trusts: the system's and any from <c>--ca-file</c> (standard.md 8461-3.3-1). Nothing is read before the first call.</summary>
public static class TrustRoots
{
    /// <summary>Reads the roots anew.</summary>
    /// <param name="caFile">PEM file with roots to trust besides the system's; certificates in it that are not self-signed are no roots and are left out.</param>
    /// <exception cref="TrustRootsException">The file cannot be read or holds no root.</exception>
    public static X509Certificate2Collection Load(string? caFile)
    {
        // The file first: it is what can be wrong.
        var roots = caFile is null ? [] : FromFile(caFile);
        roots.AddRange(FromSystem());
        return roots;
    }

    /// <summary>The same, but the system's roots are read beside what the caller does next: it takes longer than a DNS answer.
    /// Whoever asks for the value too early waits.</summary>
    /// <param name="caFile">As in <see cref="Load"/>.</param>
    /// <exception cref="TrustRootsException">As in <see cref="Load"/>; the file is read before this returns.</exception>
    public static Lazy<X509Certificate2Collection> LoadBeside(string? caFile)
    {
        var roots = caFile is null ? [] : FromFile(caFile);
        var system = Task.Run(FromSystem);
        return new(() =>
        {
            roots.AddRange(system.GetAwaiter().GetResult());
            return roots;
        });
    }

    private static X509Certificate2Collection FromSystem() =>
        [.. FromSystem(StoreLocation.LocalMachine), .. FromSystem(StoreLocation.CurrentUser)];

    private static X509Certificate2Collection FromSystem(StoreLocation location)
    {
        using var store = new X509Store(StoreName.Root, location);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store.Certificates;
        }
        catch (CryptographicException)
        {
            return []; // a user without a store of their own
        }
    }

    private static X509Certificate2Collection FromFile(string caFile)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(File.ReadAllText(caFile));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TrustRootsException($"{caFile} does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRootsException($"{caFile} cannot be read: {e.Message}", e);
        }
        catch (CryptographicException e)
        {
            throw new TrustRootsException($"{caFile} holds a certificate that cannot be read: {e.Message}", e);
        }

        if (all.Count == 0)
            throw new TrustRootsException($"{caFile} holds no certificate in PEM form");

        X509Certificate2Collection roots = [.. all.Where(IsSelfIssued)];
        return roots.Count > 0
            ? roots
            : throw new TrustRootsException($"{caFile} holds no root: none of its certificates is its own issuer");
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
