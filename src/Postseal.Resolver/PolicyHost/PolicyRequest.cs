using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Resolver.PolicyHost;

/// <summary>One attempt to get the policy from one address: connect, handshake, GET. Each step either goes on or ends with its own failure.</summary>
internal sealed class PolicyRequest(DomainName host, IPAddress address, PolicyHostOptions options, TimeProvider clock)
{
    // The second connection that tells an old server from a broken one; whoever refuses does so at once.
    private static readonly TimeSpan LegacyTimeout = TimeSpan.FromSeconds(5);

    private PresentedChain? _chain;
    private string? _tls;
    private HttpResponseFacts? _response;

    /// <summary>Runs the attempt; whatever the server does becomes a value, only the caller's cancellation throws.</summary>
    public async Task<FetchAttempt> RunAsync(TimeSpan limit, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        FetchOutcome outcome;
        try
        {
            outcome = await FetchAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            outcome = Failed(
                FetchFailure.Timeout,
                $"{address} did not deliver the policy within {options.TotalTimeout.TotalSeconds:0} s."
            );
        }

        return new(address, outcome, _tls, _chain, _response, clock.GetElapsedTime(started));
    }

    private async Task<FetchOutcome> FetchAsync(CancellationToken ct)
    {
        var (connection, unreachable) = await ConnectAsync(ct);
        if (connection is null)
            return unreachable!;

        await using var tls = new SslStream(connection);
        if (await HandshakeAsync(tls, ct) is { } failure)
            return failure;

        _tls = tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2";
        var exchange = new PolicyExchange(host, options.Port, tls, clock);
        try
        {
            return await exchange.GetAsync(ct);
        }
        finally
        {
            _response = exchange.Response;
        }
    }

    private async Task<(NetworkStream? Connection, FetchOutcome? Failure)> ConnectAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return (await OpenAsync(either.Token), null);
        }
        catch (SocketException e)
        {
            var detail = $"{address} port {options.Port} cannot be connected to ({e.SocketErrorCode}).";
            return (null, Failed(FetchFailure.Tcp, detail, IsOurs(e.SocketErrorCode)));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var detail = $"{address} port {options.Port} did not answer within {options.ConnectTimeout.TotalSeconds:0} s.";
            return (null, Failed(FetchFailure.Tcp, detail));
        }
    }

    private async Task<NetworkStream> OpenAsync(CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, options.Port), ct);
            return new(socket, ownsSocket: true); // a pending read ends only with the socket
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<FetchOutcome?> HandshakeAsync(SslStream tls, CancellationToken ct)
    {
        try
        {
            await tls.AuthenticateAsClientAsync(TlsOptions(), ct);
            return null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (_chain is not null)
                return CertificateFault.Explain(_chain, host, clock.GetUtcNow());

            var fault = HandshakeFault.From(e);
            return fault.MayBeOldServer && await AcceptsLegacyAsync(ct) is { } old
                ? Failed(FetchFailure.TlsVersion, $"{address} offers nothing newer than {old}.")
                : fault.Explain(address);
        }
    }

    private SslClientAuthenticationOptions TlsOptions() =>
        new()
        {
            TargetHost = host.Value, // SNI (RFC 8461 §7.1)
            // Named, since the system's own default may allow older ones (RFC 8996).
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            AllowTlsResume = false, // a resumed session presents no chain
            RemoteCertificateValidationCallback = (_, leaf, chain, _) => Judge(leaf, chain),
            // SslStream builds a chain before it asks us: without roots, revocation and downloads that costs next to nothing.
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };

    private bool Judge(X509Certificate? leaf, X509Chain? built)
    {
        if (leaf is null)
            return false;

        // ExtraStore keeps the order sent; whether it repeats the leaf depends on the platform. Judged as they are: to read them anew takes as long.
        var sent = built?.ChainPolicy.ExtraStore ?? [];
        var first = leaf as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(leaf.GetRawCertData());
        var others = sent.SkipWhile((c, i) => i == 0 && c.RawDataMemory.Span.SequenceEqual(first.RawDataMemory.Span));
        var presented = others.Take(ChainJudge.MaxCertificates - 1).Prepend(first).ToList();
        _chain = ChainJudge.Judge(presented, host, options.Roots.Value, clock.GetUtcNow());
        foreach (var certificate in sent)
            certificate.Dispose(); // or their memory, which the collector does not see, waits for the finalizer

        return _chain.IsValid;
    }

    // The TLS version an old server would go on with.
    private async Task<string?> AcceptsLegacyAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(LegacyTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        var answer = new byte[LegacyHello.SufficientLength];
        var length = 0;
        try
        {
            await using var stream = await OpenAsync(either.Token);
            await stream.WriteAsync(LegacyHello.Render(host), either.Token);
            length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, either.Token);
        }
        catch (Exception e)
            when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }

        return LegacyHello.AcceptedVersion(answer.AsSpan(0, length));
    }

    // Errors that this machine's own network raises: no route, no such address family, no more sockets.
    private static bool IsOurs(SocketError error) =>
        error
            is SocketError.NetworkUnreachable
                or SocketError.HostUnreachable
                or SocketError.NetworkDown
                or SocketError.AddressNotAvailable
                or SocketError.AddressFamilyNotSupported
                or SocketError.AccessDenied
                or SocketError.TooManyOpenSockets
                or SocketError.NoBufferSpaceAvailable;

    private static FetchOutcome.Failed Failed(FetchFailure failure, string detail, bool ours = false) =>
        new(failure, detail, ours);
}
