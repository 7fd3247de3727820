using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.SenderTest.Deployment;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

public sealed class CertificateFolderTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("postseal-certificates-").FullName;
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Its_own_key_is_made_once_and_only_its_owner_reads_it()
    {
        var first = Open().OwnKeyDigest;
        Assert.Equal(first, Open().OwnKeyDigest);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_path, "own.key")));
        using var presented = Open().Untrusted("mx1.c22.test").Leaf;
        Assert.Equal(first, [.. SHA256.HashData(presented.PublicKey.ExportSubjectPublicKeyInfo())]);
    }

    [Fact]
    public void A_file_that_comes_or_changes_is_read_within_a_minute()
    {
        var folder = Open();
        Assert.Null(folder.Find("mail-hosts"));
        Write("first");
        Assert.Null(folder.Find("mail-hosts"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CN=first", folder.Find("mail-hosts")!.Leaf.Subject);

        Write("second");
        Assert.Equal("CN=first", folder.Find("mail-hosts")!.Leaf.Subject);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CN=second", folder.Find("mail-hosts")!.Leaf.Subject);
    }

    [Fact]
    public void What_cannot_be_read_leaves_the_one_in_use()
    {
        Write("first");
        var folder = Open();
        Assert.Equal("CN=first", folder.Find("mail-hosts")!.Leaf.Subject);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Write("second", "-----BEGIN CERTIFICATE-----\nhalf written");
        Assert.Equal("CN=first", folder.Find("mail-hosts")!.Leaf.Subject);

        var error = Assert.Throws<CertificateFolderException>(() => Open().Find("mail-hosts"));
        Assert.Contains(Path.Combine(_path, "mail-hosts.pem"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_the_certificates_is_an_error()
    {
        Write("first");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(_path, "mail-hosts.key"), other.ExportPkcs8PrivateKeyPem());
        Assert.Throws<CertificateFolderException>(() => Open().Find("mail-hosts"));
    }

    [Theory]
    [InlineData(-1, "c3.test", true)]
    [InlineData(1, "c3.test", false)]
    [InlineData(-1, "other.test", false)]
    public void An_expired_certificate_is_one_for_the_host_whose_time_is_over(int days, string host, bool has)
    {
        Write("c3.test", until: days, name: "expired");
        Assert.Equal(has, Open().HasExpired(host));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private CertificateFolder Open() => CertificateFolder.Open(_path, _clock, NullLogger.Instance);

    private void Write(string subject, string? instead = null, int until = 30, string name = "mail-hosts")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(subject);
        request.CertificateExtensions.Add(names.Build());
        var now = _clock.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-60), now.AddDays(until));
        File.WriteAllText(Path.Combine(_path, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        var pem = Path.Combine(_path, $"{name}.pem");
        File.WriteAllText(pem, instead ?? made.ExportCertificatePem());
        File.SetLastWriteTimeUtc(pem, now.UtcDateTime); // the same clock as the test's
    }
}
