using System.Text;
using CsCheck;
using Postseal.Protocol.Socketmap;
using Xunit;

namespace Postseal.Tests.Protocol.Socketmap;

public sealed class NetstringTests
{
    private const int Limit = 10_000;

    [Theory]
    [InlineData("0:,", "", 3)]
    [InlineData("3:abc,", "abc", 6)]
    [InlineData("3:abc,4:next,", "abc", 6)]
    [InlineData("20:postfix good.example,", "postfix good.example", 24)]
    [InlineData("3:,,,,", ",,,", 6)]
    [InlineData("3::::,", ":::", 6)]
    [InlineData("2:é,", "é", 5)] // lengths count bytes
    public void A_whole_netstring_is_read(string input, string payload, int consumed)
    {
        var read = Netstring.Read(Encoding.UTF8.GetBytes(input), Limit);
        Assert.Equal(NetstringStatus.Complete, read.Status);
        Assert.Equal(payload, Encoding.UTF8.GetString(read.Payload));
        Assert.Equal(consumed, read.Consumed);
        Assert.Null(read.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0:")]
    [InlineData("1")]
    [InlineData("10000")]
    [InlineData("10000:")]
    [InlineData("3:")]
    [InlineData("3:ab")]
    [InlineData("3:abc")]
    public void A_proper_beginning_wants_more(string input)
    {
        var read = Netstring.Read(Encoding.UTF8.GetBytes(input), Limit);
        Assert.Equal(NetstringStatus.Incomplete, read.Status);
        Assert.Equal(0, read.Consumed);
        Assert.True(read.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(":", "netstring.digit", 0)]
    [InlineData(":abc,", "netstring.digit", 0)]
    [InlineData("x", "netstring.digit", 0)]
    [InlineData(" 3:abc,", "netstring.digit", 0)]
    [InlineData("-1:a,", "netstring.digit", 0)]
    [InlineData("+3:abc,", "netstring.digit", 0)]
    [InlineData("3 :abc,", "netstring.digit", 1)]
    [InlineData("3,abc,", "netstring.digit", 1)]
    [InlineData("3\n", "netstring.digit", 1)]
    [InlineData("0x3:abc,", "netstring.digit", 1)]
    [InlineData("00", "netstring.leading-zero", 0)]
    [InlineData("00:,", "netstring.leading-zero", 0)]
    [InlineData("03:abc,", "netstring.leading-zero", 0)]
    [InlineData("10001", "netstring.length", 4)]
    [InlineData("99999", "netstring.length", 4)]
    [InlineData("18446744073709551619:abc,", "netstring.length", 4)]
    [InlineData("3:abcd", "netstring.comma", 5)]
    [InlineData("3:abc\n", "netstring.comma", 5)]
    [InlineData("0:a", "netstring.comma", 2)]
    [InlineData("GET / HTTP/1.1\r\n", "netstring.digit", 0)]
    public void What_is_no_netstring_is_refused_with_its_place(string input, string code, int offset)
    {
        var read = Netstring.Read(Encoding.UTF8.GetBytes(input), Limit);
        Assert.Equal(NetstringStatus.Malformed, read.Status);
        Assert.Equal(new(code, offset), read.Error);
        Assert.Equal(0, read.Consumed);
    }

    [Fact]
    public void A_payload_at_the_limit_is_read_and_one_byte_more_is_not()
    {
        Assert.Equal(NetstringStatus.Complete, Netstring.Read(Netstring.Frame(new byte[Limit]), Limit).Status);
        Assert.Equal(NetstringStatus.Malformed, Netstring.Read(Netstring.Frame(new byte[Limit + 1]), Limit).Status);
        Assert.Equal(NetstringStatus.Complete, Netstring.Read("0:,"u8, 0).Status);
        Assert.Equal(NetstringStatus.Malformed, Netstring.Read("1"u8, 0).Status);
    }

    [Fact]
    public void What_is_framed_reads_back_whatever_follows() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 20])
            .Sample(
                (payload, rest) =>
                {
                    var framed = Netstring.Frame(payload);
                    var read = Netstring.Read([.. framed, .. rest], Limit);
                    Assert.Equal(NetstringStatus.Complete, read.Status);
                    Assert.Equal(payload, read.Payload.ToArray());
                    Assert.Equal(framed.Length, read.Consumed);
                }
            );

    [Fact]
    public void Every_prefix_of_a_netstring_wants_more() =>
        Gen
            .Byte.Array[0, 120]
            .Sample(payload =>
            {
                var framed = Netstring.Frame(payload);
                for (var length = 0; length < framed.Length; length++)
                    Assert.Equal(NetstringStatus.Incomplete, Netstring.Read(framed.AsSpan(0, length), Limit).Status);
            });

    [Fact]
    public void Noise_never_throws_and_what_is_refused_stays_refused_whatever_follows()
    {
        var meaningful = Gen.OneOf([.. "0123456789:, a\0"u8]);
        Gen.Select(Gen.OneOf(meaningful, Gen.Byte).Array[0, 40], Gen.Int[0, 40])
            .Sample(
                (input, limit) =>
                {
                    var read = Netstring.Read(input, limit);
                    Assert.InRange(read.Consumed, 0, input.Length);
                    if (read.Status == NetstringStatus.Complete)
                        Assert.Equal(Netstring.Frame(read.Payload), input[..read.Consumed]);

                    if (read.Status != NetstringStatus.Malformed)
                        return;

                    Assert.InRange(read.Error!.Offset, 0, input.Length);
                    Assert.Equal(read.Error, Netstring.Read([.. input, .. "1:a,"u8], limit).Error);
                },
                iter: 20_000
            );
    }
}
