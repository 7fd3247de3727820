using System.Security.Cryptography;
using CsCheck;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Dane;

public sealed class TlsaRecordTests
{
    private const string Sha256 = "0d5f7b3c1a2e4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8";
    private const string Sha512 = Sha256 + Sha256;

    [Theory]
    [Trait("rfc", "6698-2-1")]
    [InlineData("3 1 1 " + Sha256, "3 1 1 " + Sha256)]
    [InlineData("  3\t1  1 0D5F 7b3c\t1a ", "3 1 1 0d5f7b3c1a")]
    [InlineData("003 01 1 ff", "3 1 1 ff")]
    [InlineData("255 255 255 00", "255 255 255 00")]
    public void Presentation_form_is_read(string text, string rendered)
    {
        Assert.True(TlsaRecord.TryParse(text, out var record, out _));
        Assert.Equal(rendered, record.ToString());
    }

    [Theory]
    [Trait("rfc", "6698-2-1")]
    [InlineData("", "dane.tlsa.number", 0)]
    [InlineData("3 1", "dane.tlsa.number", 3)]
    [InlineData("256 1 1 00", "dane.tlsa.number", 0)]
    [InlineData("3 -1 1 00", "dane.tlsa.number", 2)]
    [InlineData("3 1 0001 00", "dane.tlsa.number", 4)]
    [InlineData("3,1,1 00", "dane.tlsa.number", 1)]
    [InlineData("3 1 1", "dane.tlsa.data", 5)]
    [InlineData("3 1 1 abc", "dane.tlsa.data", 9)]
    [InlineData("3 1 1 abxd", "dane.tlsa.data", 8)]
    [InlineData("DANE-EE SPKI SHA2-256 00", "dane.tlsa.number", 0)]
    public void Anything_else_is_refused_where_it_is_wrong(string text, string code, int offset)
    {
        Assert.False(TlsaRecord.TryParse(text, out _, out var error));
        Assert.Equal((code, offset), (error.Code, error.Offset));
    }

    [Theory]
    [Trait("rfc", "6698-4.1-2")]
    [Trait("rfc", "7672-3.1.3-2")]
    [InlineData("3 1 1 " + Sha256, true)]
    [InlineData("3 0 1 " + Sha256, true)]
    [InlineData("2 0 1 " + Sha256, true)]
    [InlineData("2 1 2 " + Sha512, true)]
    [InlineData("0 0 1 " + Sha256, false)]
    [InlineData("1 1 1 " + Sha256, false)]
    [InlineData("4 1 1 " + Sha256, false)]
    [InlineData("255 1 1 " + Sha256, false)]
    [InlineData("3 2 1 " + Sha256, false)]
    [InlineData("3 1 3 " + Sha256, false)]
    [InlineData("3 1 2 " + Sha256, false)]
    [InlineData("3 1 1 " + Sha512, false)]
    [InlineData("3 1 1 " + Sha256 + "00", false)]
    [InlineData("3 0 0 " + Sha256, false)]
    [InlineData("3 1 0 " + Sha256, false)]
    public void Unknown_numbers_and_wrong_lengths_are_unusable(string text, bool usable) =>
        Assert.Equal(usable, Parse(text).IsUsable);

    [Fact]
    [Trait("rfc", "6698-2-1")]
    public void A_record_for_a_certificate_holds_what_its_numbers_say()
    {
        using var root = TestCa.Root();
        var facts = CertificateFacts.From(root.Certificate);
        byte[] der = [.. facts.Der];
        var key = facts.SubjectPublicKeyInfo.ToArray();
        Assert.Equal(der, TlsaRecord.For(facts, 2, 0, 0).Data);
        Assert.Equal(key, TlsaRecord.For(facts, 3, 1, 0).Data);
        Assert.Equal(SHA256.HashData(der), TlsaRecord.For(facts, 2, 0, 1).Data);
        Assert.Equal(SHA256.HashData(key), TlsaRecord.For(facts, 3, 1, 1).Data);
        Assert.Equal(SHA512.HashData(key), TlsaRecord.For(facts, 3, 1, 2).Data);
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecord.For(facts, 3, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecord.For(facts, 3, 1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => TlsaRecord.For(facts, 4, 1, 1));
    }

    [Fact]
    public void A_record_matches_its_own_certificate_only()
    {
        using var root = TestCa.Root();
        var (own, other) = (
            CertificateFacts.From(root.Certificate),
            CertificateFacts.From(root.Issue(Cert.For("mx.example.com")))
        );
        foreach (var (usage, selector, matching) in Combinations())
        {
            var record = TlsaRecord.For(own, usage, selector, matching);
            Assert.True(record.Matches(own));
            Assert.False(record.Matches(other));
            Assert.Equal(usage >= 2, record.IsUsable);
            Assert.Equal(record, Parse(record.ToString()));
        }
    }

    [Fact]
    public void Equality_is_by_value()
    {
        Assert.Equal(Parse("3 1 1 00ff"), Parse("3 1 1 00FF"));
        Assert.Equal(Parse("3 1 1 00ff").GetHashCode(), Parse("3 1 1 00FF").GetHashCode());
        Assert.NotEqual(Parse("3 1 1 00ff"), Parse("3 1 1 00fe"));
        Assert.NotEqual(Parse("3 1 1 00ff"), Parse("3 0 1 00ff"));
        Assert.NotEqual(Parse("3 1 1 00ff"), Parse("2 1 1 00ff"));
    }

    [Fact]
    [Trait("rfc", "6698-3-1")]
    public void The_labels_name_the_port_in_decimal() => Assert.Equal("_25._tcp", TlsaRecord.Labels(25));

    [Fact]
    public void Reading_what_was_rendered_gives_the_same() =>
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, Gen.Byte.Array[1, 100])
            .Sample(r =>
            {
                var record = new TlsaRecord(r.Item1, r.Item2, r.Item3, [.. r.Item4]);
                Assert.Equal(record, Parse(record.ToString()));
            });

    [Fact]
    public void Any_text_and_any_data_are_judged()
    {
        Gen.String[Gen.Char["0123 \tafgz"], 0, 20]
            .Sample(text => Assert.True(TlsaRecord.TryParse(text, out _, out var error) || error.Offset <= text.Length));
        Gen.Select(Gen.Byte[0, 1], Gen.Byte.Array[0, 100])
            .Sample(r => Assert.False(new TlsaRecord(2, r.Item1, 0, [.. r.Item2]).IsUsable));
    }

    private static IEnumerable<(byte Usage, byte Selector, byte Matching)> Combinations() =>
        from usage in (byte[])[0, 1, 2, 3]
        from selector in (byte[])[0, 1]
        from matching in (byte[])[0, 1, 2]
        select (usage, selector, matching);

    private static TlsaRecord Parse(string text)
    {
        Assert.True(TlsaRecord.TryParse(text, out var record, out _));
        return record;
    }
}
