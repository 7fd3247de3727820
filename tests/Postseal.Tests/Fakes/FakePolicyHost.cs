using System.Collections.Concurrent;
using System.Text;
using Postseal.Protocol;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Tests.Fakes;

/// <summary>Policy hosts as a table: a domain's policy text, or the failure of its fetch. A domain that is not in it has no policy host.</summary>
public sealed class FakePolicyHost : IPolicyHost
{
    private readonly ConcurrentDictionary<DomainName, FetchOutcome> _outcomes = new();

    /// <summary>Every domain fetched, in order.</summary>
    public ConcurrentQueue<DomainName> Fetched { get; } = new();

    /// <summary>When set, fetches wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Serves this text; line ends as given.</summary>
    public void Serve(string domain, string policy) =>
        _outcomes[DomainName.Parse(domain)] = new FetchOutcome.Body(Encoding.UTF8.GetBytes(policy));

    /// <summary>Fails in this way.</summary>
    public void Fail(string domain, FetchFailure failure, bool ours = false) =>
        _outcomes[DomainName.Parse(domain)] = new FetchOutcome.Failed(failure, failure.ToWire(), ours);

    public async Task<PolicyFetch> FetchAsync(DomainName domain, CancellationToken ct)
    {
        Fetched.Enqueue(domain);
        await Gate.WaitAsync(ct);
        domain.TryPrepend("mta-sts", out var host);
        var outcome = _outcomes.GetValueOrDefault(
            domain,
            new FetchOutcome.Failed(FetchFailure.DnsAbsent, "no such host", Ours: false)
        );
        return new(host, [], outcome, [], TimeSpan.Zero);
    }

    public Task<PolicyFetch> FetchFromEachAsync(DomainName domain, CancellationToken ct) => FetchAsync(domain, ct);
}
