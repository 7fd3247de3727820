using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Resolver.PolicyHost;

/// <summary>One attempt to get the policy from one address: connect, handshake, GET. Each step either goes on or ends with its own failure.</summary>
internal sealed class PolicyRequest(
    DomainName host,
    CheckedAddress address,
    PolicyHostOptions options,
    ChainVerifier verifier,
    OutboundBudget budget,
    TimeProvider clock
)
{
    /// <summary>Connections of one attempt: the fetch, and one that offers only old TLS.</summary>
    public const int MaxConnections = 2;

    // The second connection that tells an old server from a broken one; whoever refuses does so at once.
    private static readonly TimeSpan LegacyTimeout = TimeSpan.FromSeconds(5);

    // Of the time given: who had less than the rest of it because we were busy has shown nothing.
    private const double OwnShare = 0.1;

    private OutboundConnection? _connection;
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
                $"{address} did not deliver the policy within {options.TotalTimeout.TotalSeconds:0} s.",
                ours: _connection?.OwnTime > limit * OwnShare
            );
        }

        return new(address.Value, outcome, _tls, _chain, _response, clock.GetElapsedTime(started));
    }

    private async Task<FetchOutcome> FetchAsync(CancellationToken ct)
    {
        var (opened, unreachable) = await ConnectAsync(ct);
        if (opened is null)
            return unreachable!;

        await using var connection = opened;
        _connection = opened;
        var (tls, failure) = await HandshakeAsync(connection, ct);
        if (tls is null)
            return failure!;

        _tls = OutboundConnection.Version(tls);
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

    private async Task<(OutboundConnection? Connection, FetchOutcome? Failure)> ConnectAsync(CancellationToken ct)
    {
        try
        {
            return (await OpenAsync(options.ConnectTimeout, ct), null);
        }
        catch (SocketException e)
        {
            var detail = $"{address} port {options.Port} cannot be connected to ({e.SocketErrorCode}).";
            return (null, Failed(FetchFailure.Tcp, detail, IsOurs(e.SocketErrorCode)));
        }
        catch (OverBudgetException e)
        {
            return (null, Failed(FetchFailure.Tcp, $"{address} was not tried: this fetch would take {e.What}.", ours: true));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var detail = $"{address} port {options.Port} did not answer within {options.ConnectTimeout.TotalSeconds:0} s.";
            return (null, Failed(FetchFailure.Tcp, detail));
        }
    }

    private Task<OutboundConnection> OpenAsync(TimeSpan limit, CancellationToken ct) =>
        OutboundConnection.OpenAsync(address, options.Port, limit, budget, clock, ct);

    private async Task<(SslStream? Tls, FetchOutcome? Failure)> HandshakeAsync(
        OutboundConnection connection,
        CancellationToken ct
    )
    {
        var handshake = new ClientHandshake(host, host, verifier, accept: chain => chain.IsValid, clock)
        {
            Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        try
        {
            return (await connection.SecureAsync(handshake, options.TotalTimeout, ct), null);
        }
        catch (TooMuchReceivedException e)
        {
            return (null, Failed(FetchFailure.TlsHandshake, $"{address} sends {e.What}."));
        }
        catch (OverBudgetException e)
        {
            return (
                null,
                Failed(FetchFailure.TlsHandshake, $"{address} was given up: this fetch would take {e.What}.", ours: true)
            );
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (handshake.Chain is { } refused)
                return (null, CertificateFault.Explain(refused, host, clock.GetUtcNow()));

            var fault = HandshakeFault.From(e);
            return (
                null,
                fault.MayBeOldServer && await AcceptsLegacyAsync(ct) is { } old
                    ? Failed(FetchFailure.TlsVersion, $"{address} offers nothing newer than {old}.")
                    : fault.Explain(address.Value)
            );
        }
        finally
        {
            _chain = handshake.Chain;
        }
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
            await using var connection = await OpenAsync(LegacyTimeout, either.Token);
            await connection.Stream.WriteAsync(LegacyHello.Render(host), either.Token);
            length = await connection.Stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, either.Token);
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
