using System.Net;
using Microsoft.AspNetCore.Http;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Cli.Policyd.Status;
using Xunit;

namespace Postseal.Tests.Policyd.Status;

/// <summary>Who may ask what on the HTTP port.</summary>
public sealed class StatusAccessTests : IDisposable
{
    private const string Secret = "abcdefghijklmnopqrstuvwxyz012345";
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 8462);
    private static readonly IPEndPoint Public = new(IPAddress.Parse("192.0.2.7"), 8462);
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("127.0.0.1:8462", 200)]
    [InlineData("localhost:8462", 200)]
    [InlineData("LOCALHOST:8462", 200)]
    [InlineData("[::1]:8462", 200)]
    [InlineData("127.0.0.2:8462", 200)]
    [InlineData("localhost", 421)]
    [InlineData("localhost:80", 421)]
    [InlineData("localhost.evil.example:8462", 421)]
    [InlineData("127.0.0.1.evil.example:8462", 421)]
    [InlineData("evil.example:8462", 421)]
    [InlineData("192.0.2.7:8462", 421)]
    [InlineData("", 421)]
    [InlineData("xn--:8462", 421)]
    public void Only_names_of_this_host_are_served(string host, int status) => Assert.Equal(status, Refuse(host, Loopback));

    [Theory]
    [InlineData("192.0.2.7:8462", 200)]
    [InlineData("127.0.0.1:8462", 421)]
    [InlineData("192.0.2.8:8462", 421)]
    [InlineData("monitor.example:8462", 421)]
    public void A_listener_for_others_is_served_under_its_address(string host, int status) =>
        Assert.Equal(status, Refuse(host, Public));

    [Theory]
    [InlineData("Sec-Fetch-Site: none", 200)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Origin: http://127.0.0.1:8462", 200)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: http://127.0.0.1:80", 403)]
    [InlineData("Referer: http://127.0.0.1:8462/metrics", 200)]
    [InlineData("Referer: http://127.0.0.1:84621/", 403)]
    public void A_browser_says_whose_page_asks(string header, int status) =>
        Assert.Equal(status, Refuse("127.0.0.1:8462", Loopback, header));

    [Theory]
    [InlineData("Authorization: Bearer " + Secret, 200)]
    [InlineData("authorization: bearer " + Secret, 200)]
    [InlineData("Authorization: Bearer " + Secret + "x", 401)]
    [InlineData("Authorization: Bearer ", 401)]
    [InlineData("Authorization: Basic " + Secret, 401)]
    [InlineData("X: y", 401)]
    public void A_command_needs_the_token(string header, int status) =>
        Assert.Equal(status, Refuse("127.0.0.1:8462", Loopback, header, isCommand: true, Token(Secret).Token));

    [Fact]
    public void A_page_gives_no_command_though_it_had_the_token() =>
        Assert.Equal(
            403,
            Refuse("127.0.0.1:8462", Loopback, "Sec-Fetch-Site: same-origin", isCommand: true, Token(Secret).Token)
        );

    [Theory]
    [InlineData("short", false)]
    [InlineData("", false)]
    [InlineData(Secret, true)]
    [InlineData(Secret + "\n", true)]
    [InlineData(Secret + " two words", false)]
    public void A_token_is_one_line_that_nobody_guesses(string text, bool isGood) =>
        Assert.Equal(isGood, Token(text).Problem is null);

    [Fact]
    public void A_token_that_everybody_may_read_is_none()
    {
        if (OperatingSystem.IsWindows())
            return; // files have no mode there

        File.WriteAllText(_file, Secret);
        File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod", AccessToken.Read(_file).Problem, StringComparison.Ordinal);
    }

    private (AccessToken? Token, string? Problem) Token(string text)
    {
        File.WriteAllText(_file, text);
        return AccessToken.Read(_file);
    }

    private static int Refuse(
        string host,
        IPEndPoint local,
        string header = "X: y",
        bool isCommand = false,
        AccessToken? token = null
    )
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = host;
        var (name, value) = header.Split(": ", 2) is [var n, var v] ? (n, v) : (header.TrimEnd(':'), "");
        request.Headers[name] = value;
        return new StatusAccess(local, null, token).Refuse(request, local, isCommand)?.Status ?? 200;
    }
}
