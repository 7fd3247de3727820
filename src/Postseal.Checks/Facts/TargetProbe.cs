using System.Net.Sockets;
using System.Security.Authentication;
using Postseal.Outbound;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>What one address of the host of a report address showed.</summary>
internal abstract record TargetAnswer
{
    private TargetAnswer() { }

    /// <summary>TLS works, with a certificate for the host.</summary>
    public sealed record Good : TargetAnswer;

    /// <summary>No connection: another address may do.</summary>
    public sealed record NotConnected(string Detail) : TargetAnswer;

    /// <summary>TLS does not work.</summary>
    public sealed record Faulty(string Problem, string Detail) : TargetAnswer;

    /// <summary>It was not tried to the end, for a reason of ours.</summary>
    public sealed record NotTested(string Problem, string Detail) : TargetAnswer;
}

/// <summary>One connection to the host of a report address, up to the end of the TLS handshake. Nothing is sent over it.</summary>
internal sealed class TargetProbe(ProbeOptions options, TimeProvider clock)
{
    // To a web server; slower is unusable.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(8);

    private readonly ChainVerifier _verifier = new(options.Roots);

    /// <summary>Visits one address.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<TargetAnswer> VisitAsync(
        DomainName host,
        CheckedAddress address,
        int port,
        OutboundBudget budget,
        CancellationToken ct
    )
    {
        var handshake = new ClientHandshake(host, host, _verifier, accept: _ => true, clock);
        var isConnected = false;
        try
        {
            await using var connection = await OutboundConnection.OpenAsync(address, port, ConnectTimeout, budget, clock, ct);
            isConnected = true;
            await connection.SecureAsync(handshake, HandshakeTimeout, ct);
        }
        catch (SocketException e)
        {
            return new TargetAnswer.NotConnected($"{host} refuses connections on port {port} ({e.SocketErrorCode}).");
        }
        catch (OverBudgetException e)
        {
            return new TargetAnswer.NotTested("budget", $"{host} was not visited: this check would take {e.What}.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return new TargetAnswer.Faulty("tls-handshake", $"The TLS handshake with {host} fails.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return isConnected
                ? new TargetAnswer.Faulty(
                    "timeout",
                    $"{host} did not finish the TLS handshake within {Seconds(HandshakeTimeout)}."
                )
                : new TargetAnswer.NotConnected($"{host} did not answer on port {port} within {Seconds(ConnectTimeout)}.");
        }

        return handshake.Chain is null or { IsValid: true } ? new TargetAnswer.Good() : Invalid(host, handshake.Chain);
    }

    private static TargetAnswer.Faulty Invalid(DomainName host, PresentedChain chain)
    {
        var problems = string.Join(", ", chain.Problems.Where(p => p.Refuses()).Select(p => p.ToWire()));
        return new("tls-certificate", $"The certificate of {host} is not valid ({problems}).");
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0} s";
}
