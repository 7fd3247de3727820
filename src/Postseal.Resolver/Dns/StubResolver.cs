using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using DnsClient.Protocol.Options;

namespace Postseal.Resolver.Dns;

/// <summary>
/// Asks the configured resolvers one question until one answers. DnsClient carries it to one server, once, with TCP after truncation; which
/// server comes next is decided here, since DnsClient takes NXDOMAIN for an error to be retried elsewhere.
/// </summary>
internal sealed class StubResolver
{
    // The size that survives every path without fragments (DNS flag day 2020).
    private const int EdnsBytes = 1232;

    private readonly DnsOptions _options;
    private readonly TimeProvider _clock;
    private readonly NameServer[] _servers;
    private readonly LookupClient _client;
    private readonly DnsQueryOptions _once;

    public StubResolver(DnsOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _servers = [.. options.Servers.Select(s => new NameServer(s))];
        _once = new()
        {
            UseCache = false,
            ThrowDnsErrors = false,
            ContinueOnDnsError = false,
            ContinueOnEmptyResponse = false,
            Retries = 0,
            Timeout = Timeout.InfiniteTimeSpan, // our clock's affair
            UseTcpFallback = true,
            ExtendedDnsBufferSize = EdnsBytes,
            RequestDnsSecRecords = true, // the DO bit: without it a resolver need not set AD (RFC 6840 §5.7, RFC 3655)
        };
        _client = new(new LookupClientOptions(_servers) { UseCache = false, Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>Goes round the resolvers. One that has answered, with whatever, is not asked again; of failures the last spoken one beats silence.</summary>
    public async Task<StubReply> AskAsync(string name, QueryType type, CancellationToken ct)
    {
        if (Question(name, type) is not { } question)
            return new StubReply.Failed(DnsFailure.Malformed, $"{name} cannot be asked in DNS.");

        StubReply.Failed? spoken = null;
        StubReply.Failed? silent = null;
        var open = _servers.ToList();
        for (var round = 0; round < _options.Rounds; round++)
        {
            foreach (var server in open.ToArray())
            {
                var reply = await TryAsync(server, question, ct);
                if (reply is not StubReply.Failed failed)
                    return reply;

                if (failed.Failure is DnsFailure.Timeout or DnsFailure.Unreachable)
                {
                    silent = failed;
                    continue;
                }

                spoken = failed;
                open.Remove(server);
            }
        }

        return spoken ?? silent ?? new StubReply.Failed(DnsFailure.Unreachable, "No resolver is configured.");
    }

    private static DnsQuestion? Question(string name, QueryType type)
    {
        try
        {
            return new(name, type);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private async Task<StubReply> TryAsync(NameServer server, DnsQuestion question, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_options.TryTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var response = await _client.QueryServerAsync([server], question, _once, either.Token);
            return Classify(server, question, response);
        }
        // DnsClient lets exceptions of a dozen kinds escape for what a server may send (index, argument, overflow, parse, socket …):
        // each of them is an answer that cannot be understood, and only our own cancellation is none.
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return limit.IsCancellationRequested ? Silence(server) : Failure(server, e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException("The DNS question was cancelled.", e, ct);
        }
    }

    private static StubReply.Failed Failure(NameServer server, Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: not (SocketError.TimedOut or SocketError.OperationAborted) } socket:
                    return new(DnsFailure.Unreachable, $"The resolver {server} cannot be reached ({socket.SocketErrorCode}).");
                case OperationCanceledException or TimeoutException or SocketException:
                    return Silence(server);
            }
        }

        return new(DnsFailure.Malformed, $"The answer of the resolver {server} cannot be understood.");
    }

    private static StubReply.Failed Silence(NameServer server) =>
        new(DnsFailure.Timeout, $"The resolver {server} did not answer in time.");

    private static StubReply Classify(NameServer server, DnsQuestion question, IDnsQueryResponse response)
    {
        // An echo of the question would otherwise read as "no such record".
        if (!response.Header.HasQuery)
            return new StubReply.Failed(DnsFailure.Malformed, $"The resolver {server} sent no response but a query.");

        var code = response.Header.ResponseCode;
        if (code is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain))
            return ErrorCode(server, response, code);

        if (response.Additionals.OfType<OptRecord>().Any(o => o.ResponseCodeEx != DnsResponseCode.NoError))
            return new StubReply.Failed(DnsFailure.Refused, $"The resolver {server} answered with an extended error code.");

        if (!Answers(question, response))
            return new StubReply.Failed(DnsFailure.Malformed, $"The resolver {server} answered another question.");

        if (IsReferral(response))
            return new StubReply.Failed(
                DnsFailure.Refused,
                $"The resolver {server} refers to other servers instead of answering; is it a resolver?"
            );

        return new StubReply.Answered(response);
    }

    private static StubReply.Failed ErrorCode(NameServer server, IDnsQueryResponse response, DnsHeaderResponseCode code)
    {
        var extended = ExtendedError.From(response);
        var because = extended.Count == 0 ? "" : $" ({extended[0]})";
        return code switch
        {
            DnsHeaderResponseCode.ServerFailure when extended is [{ IsDnssec: true }, ..] => new(
                DnsFailure.Bogus,
                $"The resolver {server} says that DNSSEC validation failed{because}."
            ),
            DnsHeaderResponseCode.ServerFailure => new(DnsFailure.ServFail, $"The resolver {server} answered SERVFAIL{because}."),
            DnsHeaderResponseCode.Refused => new(DnsFailure.Refused, $"The resolver {server} answered REFUSED{because}."),
            _ => new(DnsFailure.Refused, $"The resolver {server} answered with error code {(int)code}{because}."),
        };
    }

    private static bool Answers(DnsQuestion question, IDnsQueryResponse response) =>
        response.Questions is [var echo]
        && echo.QuestionType == question.QuestionType
        && AliasChain.Normalise(echo.QueryName.Original) == AliasChain.Normalise(question.QueryName.Value);

    // RFC 2308 §2.2: name servers without a SOA and without an answer are a referral, not a denial.
    private static bool IsReferral(IDnsQueryResponse response) =>
        response.Answers.Count == 0
        && response.Header.ResponseCode == DnsHeaderResponseCode.NoError
        && !response.Header.HasAuthorityAnswer
        && response.Authorities.OfType<NsRecord>().Any()
        && !response.Authorities.OfType<SoaRecord>().Any();
}
