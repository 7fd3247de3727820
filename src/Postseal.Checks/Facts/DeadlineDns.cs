using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Facts;

/// <summary>DNS under the deadline and the budget of a whole check: what is not answered by then, or is asked too much, is a failed look-up, so that the rest
/// can still be reported.</summary>
internal sealed class DeadlineDns(IDns inner, CheckBudget budget, CancellationToken expired) : IDns
{
    public Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct) => AskAsync(t => inner.TxtAsync(name, t), ct);

    public Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct) => AskAsync(t => inner.MxAsync(name, t), ct);

    public Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct) =>
        AskAsync(t => inner.AddressesAsync(name, family, t), ct);

    public Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct) =>
        AskAsync(t => inner.TlsaAsync(name, t), ct);

    public Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct) =>
        AskAsync(t => inner.CnameAsync(name, t), ct);

    public Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct) =>
        AskAsync(t => inner.PtrAsync(address, t), ct);

    private async Task<DnsAnswer<T>> AskAsync<T>(Func<CancellationToken, Task<DnsAnswer<T>>> ask, CancellationToken ct) =>
        budget.TryAsk()
            ? await Deadline.RunAsync(
                ask,
                () => new DnsAnswer<T>.Failed(DnsFailure.Timeout, "The time given for the whole check ran out."),
                expired,
                ct
            )
            : new DnsAnswer<T>.Failed(
                DnsFailure.Refused,
                $"This check would take more than {CheckBudget.MaxQuestions} questions in DNS."
            );
}
