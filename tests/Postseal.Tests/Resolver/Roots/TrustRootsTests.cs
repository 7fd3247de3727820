using Postseal.Resolver.Roots;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Roots;

public sealed class TrustRootsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-roots-").FullName;
    private readonly TestCa _root = TestCa.Root();

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-1")]
    public void Roots_of_the_file_come_beside_those_of_the_system()
    {
        var system = TrustRoots.Load(null);
        var roots = TrustRoots.Load(
            Write(
                $"some text\n{_root.Certificate.ExportCertificatePem()}\n{_root.Intermediate().Certificate.ExportCertificatePem()}\n"
            )
        );

        Assert.Equal(system.Count + 1, roots.Count);
        Assert.Contains(_root.Certificate, roots);
    }

    [Theory]
    [InlineData("", "holds no certificate in PEM form")]
    [InlineData("garbage", "holds no certificate in PEM form")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds a certificate that cannot be read")]
    public void A_useless_file_is_told(string text, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<TrustRootsException>(() => TrustRoots.Load(Write(text))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_file_without_a_root_is_told() =>
        Assert.Contains(
            "holds no root",
            Assert
                .Throws<TrustRootsException>(() =>
                    TrustRoots.Load(Write(_root.Intermediate().Certificate.ExportCertificatePem()))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_missing_file_is_told()
    {
        Assert.EndsWith(
            "does not exist",
            Assert.Throws<TrustRootsException>(() => TrustRoots.Load(Path.Combine(_folder, "none.pem"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cannot be read",
            Assert.Throws<TrustRootsException>(() => TrustRoots.Load(_folder)).Message,
            StringComparison.Ordinal
        );
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "roots.pem");
        File.WriteAllText(path, text);
        return path;
    }
}
