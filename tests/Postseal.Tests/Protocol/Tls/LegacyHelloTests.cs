using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

public sealed class LegacyHelloTests
{
    // First record of a TLS 1.1 server: ServerHello with random, empty session, 0xC014, no compression.
    private const string ServerHello =
        "16 0302 002a 02 000026 0302 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 c014 00";
    private const string UnknownName = "15 0301 0002 01 70";
    private const string HandshakeFailure = "15 0302 0002 02 28";

    [Fact]
    public void The_record_counts_its_own_length()
    {
        foreach (var host in (DomainName?[])[null, DomainName.Parse("mx.example.com")])
        {
            var hello = LegacyHello.Render(host);
            Assert.Equal([22, 3, 1], hello[..3]);
            Assert.Equal(hello.Length - 5, BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(3)));
            Assert.Equal(hello.Length - 9, BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(7)));
            Assert.Equal([3, 2], hello[9..11]);
        }
    }

    [Fact]
    public void The_host_goes_into_the_server_name()
    {
        byte[] name = [0, 0, 0, 19, 0, 17, 0, 0, 14, .. Encoding.ASCII.GetBytes("mx.example.com")];
        Assert.True(LegacyHello.Render(DomainName.Parse("mx.example.com")).AsSpan().IndexOf(name) > 0);
        Assert.True(LegacyHello.Render(null).AsSpan().IndexOf("example"u8) < 0);
    }

    [Theory]
    [Trait("rfc", "8996-4-1")]
    [InlineData("TLSv1.1", ServerHello)]
    [InlineData("TLSv1", "16 0301 002a 02 000026 0301 00")]
    [InlineData("TLSv1.1", UnknownName + ServerHello)]
    [InlineData(null, UnknownName + HandshakeFailure)]
    [InlineData(null, HandshakeFailure)]
    [InlineData(null, "15 0302 0002 02 46")]
    [InlineData(null, "16 0303 002a 02 000026 0303 00")]
    [InlineData(null, "16 0300 002a 02 000026 0300 00")]
    [InlineData(null, "16 0301 002a 02 000026 03")]
    [InlineData(null, "16 0301 002a 0e 000026 0301 00")]
    [InlineData(null, "32 3230 2068 65 6c6c6f 0302 00")]
    [InlineData(null, "")]
    public void The_version_is_read_from_the_answer(string? version, string answer) =>
        Assert.Equal(
            version,
            LegacyHello.AcceptedVersion(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)))
        );

    [Fact]
    public void What_is_read_up_to_is_enough()
    {
        byte[] answer = [.. Hex(UnknownName), .. Hex(ServerHello), .. new byte[100]];
        Assert.Equal("TLSv1.1", LegacyHello.AcceptedVersion(answer.AsSpan(0, LegacyHello.SufficientLength)));
    }

    [Fact]
    public void Any_answer_is_read() =>
        Gen
            .Byte.Array[0, 80]
            .Sample(answer => Assert.Contains(LegacyHello.AcceptedVersion(answer), (string?[])[null, "TLSv1", "TLSv1.1"]));

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
