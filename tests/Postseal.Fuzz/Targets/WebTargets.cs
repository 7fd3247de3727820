using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postseal.Lab.Connections;
using Postseal.Lab.Https;
using Postseal.Server.Configuration;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Fuzz.Targets;

/// <summary>What visitors and reporters send over HTTP, as far as we read it ourselves.</summary>
internal static class WebTargets
{
    private const string Mailbox = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static IEnumerable<FuzzTarget> All =>
        [
            new("origin", Origin)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "https://a.test\na.test\n",
                        "null\na.test:8080\ncross-site",
                        "http://[::1]:80\n[::1]\nsame-site",
                        "https://xn--a.test\nxn--a.test\n"
                    ),
                Words = ["https://", "\n", "null", "same-origin", "cross-site", "xn--", "[::1]", "@", ":443", "%00", "ü", "_"],
                MaxLength = 1000,
            },
            new("form", Form)
            {
                Seeds = () =>
                    Seeds.Texts("domain=example.com&x=1", "a=%C3%BC&b=%00&c=+", "%=&&=&a", "text=" + new string('a', 900)),
                Words = ["&", "=", "%", "%00", "+", "&a=", "domain=", ";"],
            },
            new("client-key", Client)
            {
                Seeds = () =>
                    [
                        [127, 0, 0, 1],
                        [192, 0, 2, 1],
                        IPAddress.Parse("2001:db8::1").GetAddressBytes(),
                        IPAddress.Parse("::ffff:192.0.2.1").GetAddressBytes(),
                    ],
                MaxLength = 16,
            },
            new("logged-path", Logged)
            {
                Seeds = () => Seeds.Texts($"/sender-test/{Mailbox}/next", "/check/example.com", $"//Sender-Test//{Mailbox}"),
                Words = ["/sender-test/", "/SENDER-TEST/", Mailbox, "//", "%2f", "\r\n"],
            },
            new("bounce", Bounces)
            {
                Seeds = () =>
                    Seeds.Texts(
                        $"Final-Recipient: rfc822; {Mailbox}@c6.a.test\nAction: failed\nStatus: 5.7.10\nDiagnostic-Code: smtp; 550 5.7.10 no TLS\n",
                        $"> <{Mailbox}-2@c6.a.test>: host mx1.c6.a.test said:\n>  451 4.7.5 Server certificate not trusted\n\nTo: {Mailbox}@c1.a.test\n",
                        $"{Mailbox}@c7.a.test\n\nconnection refused"
                    ),
                Words =
                [
                    $"{Mailbox}@c6.a.test",
                    "Final-Recipient: ",
                    "Action: ",
                    "Status: 5.0.0",
                    "\n\n",
                    "\n ",
                    "> ",
                    "4.7.5",
                    "To: ",
                ],
                MaxLength = 16_384,
            },
            new("test-address", Address)
            {
                Seeds = () => Seeds.Texts($"{Mailbox}@c6.a.test", $"{Mailbox}-9@c6.a.test", $"{Mailbox}-1@a", "postmaster@a"),
                Words = [Mailbox, "-2", "-0", "@"],
                MaxLength = 400,
            },
            new("request-body", Body)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
                        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n"
                    ),
                Words =
                [
                    "Content-Length: ",
                    "Transfer-Encoding: chunked",
                    "\r\n",
                    "\r\n\r\n",
                    "ffffffff\r\n",
                    "7fffffff",
                    "0\r\n",
                    "Expect: x",
                ],
                MaxLength = 8192,
            },
        ];

    private static void Origin(byte[] input)
    {
        var lines = Text.Utf8(input).Split('\n');
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = "/api/v1/sender-test";
        context.Request.Headers.Origin = lines[0];
        context.Request.Headers.Host = lines.ElementAtOrDefault(1) ?? "";
        context.Request.Headers["Sec-Fetch-Site"] = lines.ElementAtOrDefault(2) ?? "";
        context.Response.Body = new MemoryStream();
        if (!ReadableHost.IsReadable(context.Request))
            return; // refused before

        var passed = false;
        var guard = new SameSite(new("https://check.example"));
        var done = guard.GuardAsync(context, _ => Pass(), CancellationToken.None);
        Invariant.Holds(done.IsCompleted, "the guard waits");
        done.GetAwaiter().GetResult();
        Invariant.Holds(passed == (context.Response.StatusCode == 200), "let in and refused");
        Invariant.Holds(!passed || lines.ElementAtOrDefault(2) != "cross-site", "another site's request was let in");

        Task Pass()
        {
            passed = true;
            return Task.CompletedTask;
        }
    }

    private static void Form(byte[] input)
    {
        var context = new DefaultHttpContext { RequestServices = new Budgets() };
        context.Request.Method = "POST";
        context.Request.Path = "/api/a";
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.ContentLength = input.Length;
        context.Request.Body = new MemoryStream(input);
        context.Response.Body = new MemoryStream();
        var fields = Invariant.Done(Forms.ReadAsync(context, CancellationToken.None));
        Invariant.Holds(fields is null == context.Response.StatusCode >= 400, "fields and a refusal");
        Invariant.Holds(fields is null or { Count: <= 10 }, "more fields than are taken");
    }

    private static void Client(byte[] input)
    {
        var key = ClientKey.Of(input.Length is 4 or 16 ? new IPAddress(input) : null);
        if (input.Length == 16 && new IPAddress(input) is { IsIPv4MappedToIPv6: true } mapped)
            Invariant.Holds(key == ClientKey.Of(mapped.MapToIPv4()), "an IPv4 client in disguise is another");
    }

    private static void Logged(byte[] input)
    {
        var path = new PathString("/" + Text.Utf8(input));
        var shown = LoggedPath.Of(path);
        Text.IsPrintable(shown, 300);
        // However the parts are held together: slashes, dots, percent signs, a query.
        if (path.Value!.StartsWith("/sender-test", StringComparison.OrdinalIgnoreCase))
            Invariant.Holds(!shown.Contains(Mailbox, StringComparison.OrdinalIgnoreCase), "a key in the log");
    }

    private static void Bounces(byte[] input)
    {
        var found = Bounce.Read(Text.Utf8(input), Mailbox);
        Invariant.Holds(
            found.Count <= TestLimits.BouncesAtOnce && found.All(b => b.Address.Mailbox == Mailbox),
            "another's bounce, or too many"
        );
        Invariant.Holds(
            found.All(b => b.Text.Length <= TestLimits.Text && b.Action is null or { Length: <= 20 }),
            "longer than is kept"
        );
    }

    private static void Address(byte[] input)
    {
        var text = Text.Utf8(input);
        if (Postseal.Server.SenderTest.Tests.Address.TryRead(text, out var address))
            Invariant.Holds(address.ToString() == text && TestKey.IsOne(address.Mailbox), "the address as written is another");
    }

    private static void Body(byte[] input)
    {
        var end = input.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return;

        var request = Encoding.Latin1.GetString(input, 0, end).Split("\r\n");
        var rest = input[(end + 4)..];
        using var patience = new Patience(
            new(1, TimeSpan.FromHours(1), TimeSpan.FromHours(1)),
            TimeProvider.System,
            CancellationToken.None
        );
        using var stream = new ScriptedStream(rest[(rest.Length / 2)..], 100);
        var body = new RequestBody(stream, patience, rest.AsMemory(0, rest.Length / 2));
        if (Invariant.Done(body.ReceiveAsync(request, CancellationToken.None)) is { } received)
            Invariant.Holds(received.Length >= 0 && received.Status is 201 or (>= 400 and <= 599), "the status of a body");
        Invariant.Holds(body.Begin.Length <= Math.Min(rest.Length, ReportReading.MaxBytes), "more is kept than came");
    }

    /// <summary>What a form counts against; a real site has more.</summary>
    private sealed class Budgets : IServiceProvider
    {
        private static readonly ClientBudget Budget = new(new WebSettings(), TimeProvider.System);

        public object? GetService(Type serviceType) => serviceType == typeof(ClientBudget) ? Budget : null;
    }
}
