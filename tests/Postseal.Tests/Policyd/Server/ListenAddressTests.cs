using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("inet:127.0.0.1:8461", "inet:127.0.0.1:8461")]
    [InlineData("inet:localhost:0", "inet:127.0.0.1:0")]
    [InlineData("inet:0.0.0.0:65535", "inet:0.0.0.0:65535")]
    [InlineData("inet:[::1]:8461", "inet:[::1]:8461")]
    [InlineData("inet:[::]:8461", "inet:[::]:8461")]
    [InlineData("unix:/run/a", "unix:/run/a,mode=0666")]
    [InlineData("unix:/run/a,mode=600", "unix:/run/a,mode=0600")]
    [InlineData("unix:/run/a,mode=006", "unix:/run/a,mode=0006")]
    [InlineData("unix:/run/a,mode=0660,owner=postfix", "unix:/run/a,mode=0660,owner=postfix")]
    [InlineData("unix:/run/a,owner=postfix:postseal,mode=0660", "unix:/run/a,mode=0660,owner=postfix:postseal")]
    public void An_address_is_read_and_reads_back(string text, string rendered)
    {
        Assert.True(ListenAddress.TryParse(text, out var address, out var problem), problem);
        Assert.Equal(rendered, address.ToString());
        Assert.True(ListenAddress.TryParse(rendered, out var again, out _));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("127.0.0.1:8461", "begins with inet: or unix:")]
    [InlineData("", "begins with inet: or unix:")]
    [InlineData("inet:8461", "needs an address and a port")]
    [InlineData("inet:127.0.0.1:", "from 0 to 65535")]
    [InlineData("inet:127.0.0.1:65536", "from 0 to 65535")]
    [InlineData("inet:127.0.0.1:+1", "from 0 to 65535")]
    [InlineData("inet:127.1:8461", "the host is localhost")]
    [InlineData("inet:mail.example:8461", "the host is localhost")]
    [InlineData("inet:::1:8461", "the host is localhost")]
    [InlineData("inet:[127.0.0.1]:8461", "the host is localhost")]
    [InlineData("unix:", "begins with /")]
    [InlineData("unix:run/a", "begins with /")]
    [InlineData("unix:/run/", "names a file")]
    [InlineData("unix:/run/a,mode=0888", "three octal digits")]
    [InlineData("unix:/run/a,mode=1777", "three octal digits")]
    [InlineData("unix:/run/a,mode=", "three octal digits")]
    [InlineData("unix:/run/a,owner=", "USER or USER:GROUP")]
    [InlineData("unix:/run/a,owner=a:b:c", "USER or USER:GROUP")]
    [InlineData("unix:/run/a,mode=0600,mode=0600", "given twice")]
    [InlineData("unix:/run/a,group=b", "is not an option")]
    public void What_is_no_address_is_refused_with_a_sentence(string text, string problem)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var said));
        Assert.StartsWith($"'{text}': ", said, StringComparison.Ordinal);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u001b[2J", @"'\x1B[2J': an address")]
    [InlineData("unix:/run/a,\u202eedom", @"'\u{202E}edom' is not an option")]
    [InlineData("unix:/run/a,\n,\n", @"'\x0A' is not an option")]
    public void What_is_quoted_is_printable(string text, string shown)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var said));
        Assert.Contains(shown, said, StringComparison.Ordinal);
        Assert.Equal(said, PrintableText.Of(said, said.Length));
    }

    [Fact]
    public void A_path_too_long_for_the_kernel_is_refused()
    {
        Assert.True(ListenAddress.TryParse("unix:/" + new string('a', 106), out _, out _));
        Assert.False(ListenAddress.TryParse("unix:/" + new string('a', 107), out _, out _));
    }

    [Theory]
    [InlineData("42", "2", "map:status", "3 socket map (descriptor 3)|4 socket status (descriptor 4)")]
    [InlineData("42", "2", null, "3 descriptor 3|4 descriptor 4")]
    [InlineData("42", "2", "map", "3 socket map (descriptor 3)|4 descriptor 4")]
    [InlineData("42", "1", "", "3 descriptor 3")]
    [InlineData("41", "1", null, "")]
    [InlineData(null, "1", null, "")]
    [InlineData("42", null, null, "")]
    [InlineData("42", "0", null, "")]
    [InlineData("42", "-1", null, "")]
    [InlineData("42", "x", null, "")]
    [InlineData("42", "99999999", null, "")]
    public void Sockets_handed_over_by_the_service_manager_are_found(string? pid, string? count, string? names, string expected)
    {
        var environment = new Dictionary<string, string?>
        {
            ["LISTEN_PID"] = pid,
            ["LISTEN_FDS"] = count,
            ["LISTEN_FDNAMES"] = names,
        };
        var inherited = SocketActivation.Inherited(environment.GetValueOrDefault, 42);
        Assert.Equal(expected, string.Join('|', inherited.Select(i => $"{i.Descriptor} {i.Text}")));
    }
}
