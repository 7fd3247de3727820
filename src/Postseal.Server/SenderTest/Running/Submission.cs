using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Running;

/// <summary>Hands messages to the server under test, as a user of it would.</summary>
internal sealed class Submission(Via via, string from, Login? login, TimeProvider clock)
{
    private const int LongestReply = 200; // of a line for people
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For a whole message: a server that says a little now and then never exceeds <see cref="Patience"/>.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the server greets; null when it does, otherwise what went wrong last.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="isLost">Nothing will come any more.</param>
    public async Task<string?> WaitForServerAsync(TimeSpan limit, Func<bool> isLost, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var problem = "no answer";
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                using var client = await ConnectAsync(either.Token);
                await client.DisconnectAsync(quit: true, either.Token);
                return null;
            }
            catch (Exception e) when (IsRefusal(e))
            {
                problem = Words(e);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return "it answers, but not to the end";
            }
            if (isLost())
                return problem;

            await Task.Delay(Pause, clock, ct);
        }

        return problem;
    }

    /// <summary>Hands over one message to one recipient; null when it was taken.</summary>
    public async Task<Refusal?> SubmitAsync(string recipient, string subject, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            using var client = await ConnectAsync(either.Token);
            await client.SendAsync(Message(recipient, subject), either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(
                string.Create(CultureInfo.InvariantCulture, $"no end of its answers in {Longest.TotalSeconds} s"),
                IsTemporary: true
            );
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return new(Words(e), IsTemporary(e));
        }
    }

    private static bool IsRefusal(Exception e) =>
        e
            is SocketException
                or IOException
                or TimeoutException
                or ProtocolException
                or CommandException
                or AuthenticationException
                or SslHandshakeException
                or ServiceNotAuthenticatedException
                or NotSupportedException;

    // RFC 5321 §4.2.1; and a client tries again when a connection does not come about or breaks (§4.5.4.1).
    private static bool IsTemporary(Exception e) =>
        e switch
        {
            SmtpCommandException answer => (int)answer.StatusCode is >= 400 and < 500,
            AuthenticationException { InnerException: SmtpCommandException answer } => (int)answer.StatusCode is >= 400 and < 500,
            _ => e is SocketException or IOException or SmtpProtocolException,
        };

    private static string Words(Exception e) =>
        PrintableText.Of(
            (e as SmtpCommandException ?? e.InnerException as SmtpCommandException) is { } answer
                ? string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {answer.Message}")
                : e.Message,
            LongestReply
        );

    /// <summary>MailKit's client, but for what SslStream would download because a certificate names it.</summary>
    private sealed class Client : SmtpClient
    {
        protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
            string host,
            RemoteCertificateValidationCallback remoteCertificateValidationCallback
        )
        {
            var options = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
            options.CertificateChainPolicy = new()
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            return options;
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        var client = new Client
        {
            Timeout = (int)Patience.TotalMilliseconds,
            CheckCertificateRevocation = false,
            // A password goes only to whom the certificate names, or no further than this machine. Without one nothing is at stake.
            ServerCertificateValidationCallback = (_, _, _, errors) =>
                login is null || via.IsHere || errors == SslPolicyErrors.None,
        };
        try
        {
            var tls = login is null || via.IsHere ? SecureSocketOptions.StartTlsWhenAvailable : SecureSocketOptions.StartTls;
            await client.ConnectAsync(via.Host, via.Port, tls, ct);
            if (login is not null)
                await client.AuthenticateAsync(login.Name, login.Password, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private MimeMessage Message(string recipient, string subject)
    {
        var message = new MimeMessage
        {
            Subject = subject,
            Date = clock.GetUtcNow(),
            Body = new TextPart("plain")
            {
                Text = "This message tests how its sender treats MTA-STS and DANE (RFC 8461, RFC 7672).\n",
            },
        };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(recipient));
        return message;
    }
}

/// <summary>Why the server under test did not take a message.</summary>
/// <param name="Answer">What it said, in one line that is safe to print.</param>
/// <param name="IsTemporary">It may take it later (RFC 5321 §4.2.1: 4yz).</param>
internal sealed record Refusal(string Answer, bool IsTemporary);
