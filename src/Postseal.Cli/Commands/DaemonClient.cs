using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Postseal.Cli.Policyd.Status;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Commands;

/// <summary>Asks the status pages of a running <c>postseal policyd</c>, and gives it commands through its control socket.</summary>
internal sealed class DaemonClient(DaemonPlace daemon, TimeProvider clock)
{
    // An explanation may have to look the domain up first, as long as an answer may take.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(95);

    // A policy is 64 kilobytes at most and stands in the document a few times, escaped.
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>All the daemon knows about the destination.</summary>
    /// <exception cref="DaemonException">It cannot be asked.</exception>
    public Task<ExplainDocument> ExplainAsync(Destination destination, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, "explain", destination, StatusJson.Default.ExplainDocument, ct);

    /// <summary>Has it fetch the policy anew (<c>refresh</c>) or forget the domain (<c>forget</c>).</summary>
    /// <exception cref="DaemonException">It cannot be told.</exception>
    public Task<CommandDocument> CommandAsync(string verb, Destination destination, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, verb, destination, StatusJson.Default.CommandDocument, ct);

    private async Task<T> SendAsync<T>(
        HttpMethod method,
        string verb,
        Destination destination,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        var uri = new Uri($"http://{daemon.Host}/{verb}/{Uri.EscapeDataString(destination.ToString())}");
        using var client = new HttpMessageInvoker(daemon.NewHandler());
        using var request = new HttpRequestMessage(method, uri);
        try
        {
            using var response = await client.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new DaemonException($"what answers at {daemon} says {(int)response.StatusCode}: is it a postseal policyd?");

            await response.Content.LoadIntoBufferAsync(MaxBytes, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            return await JsonSerializer.DeserializeAsync(body, type, either.Token)
                ?? throw new DaemonException($"what answers at {daemon} is no postseal policyd");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new DaemonException($"this user may not open {daemon}: commands are for root and the daemon's own user", e);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            throw new DaemonException($"no daemon answers at {daemon}: is policyd running with {daemon.Option}?", e);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new DaemonException($"what answers at {daemon} is no postseal policyd", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DaemonException($"the daemon at {daemon} did not answer within {Patience.TotalSeconds:0} s", e);
        }
    }
}

/// <summary>The running daemon cannot be asked. The message is one sentence, without a final stop, for the operator.</summary>
internal sealed class DaemonException(string message, Exception? cause = null) : Exception(message, cause);
