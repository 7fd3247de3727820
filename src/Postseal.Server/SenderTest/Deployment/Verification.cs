using System.Net;
using System.Runtime.CompilerServices;
using Postseal.Checks;
using Postseal.Checks.Setup;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Proves from outside that the domains of the sender test are broken as they should be: a case that is broken in another way gives false
/// verdicts about other people's mail servers.</summary>
/// <param name="engine">The checker's; it knows the resolver, the roots and the ports.</param>
/// <param name="addresses">Where all address records must lead; null for anywhere.</param>
/// <param name="clock">For deadlines.</param>
public sealed class Verification(Engine engine, IReadOnlyList<IPAddress>? addresses, TimeProvider clock)
{
    /// <summary>Domains looked at side by side. All of them share one or two addresses, and a mail server that is asked by many at once turns them away.</summary>
    public const int AtOnce = 3;

    private const string OpenTest =
        "If a test is open, it may have changed this domain: verify again when it is over. If none is: ";

    /// <summary>Looks at each case's domain in its first stage and gives what was found out, in the order of the cases.</summary>
    public async IAsyncEnumerable<VerifiedCase> RunAsync(
        IReadOnlyList<SenderCase> cases,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var check = new DomainCheck(engine.Dns, engine.PolicyHost, engine.Options, clock);
        using var turns = new SemaphoreSlim(AtOnce);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<VerifiedCase>[] all = [.. cases.Select(c => InTurnAsync(c, check, turns, leaving.Token))];
        try
        {
            foreach (var one in all)
                yield return await one;
        }
        finally
        {
            await leaving.CancelAsync(); // for who stops listening
            await ((Task)Task.WhenAll(all)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<VerifiedCase> InTurnAsync(SenderCase one, DomainCheck check, SemaphoreSlim turns, CancellationToken ct)
    {
        await turns.WaitAsync(ct);
        try
        {
            var seen = await SeenDomain.LookAsync(one.Stages[0].Domain, engine, check, ct);
            return new(one, Judge(one, seen));
        }
        finally
        {
            turns.Release();
        }
    }

    // Servers that wrong records lead to are the wrong ones: there is nothing to be learnt from them.
    private IReadOnlyList<Problem> Judge(SenderCase one, SeenDomain seen)
    {
        Problem[] records = [.. new RecordProblems(seen, addresses).All()];
        var problems = records.Length > 0 ? records : new ServerProblems(one.Id, seen).First();
        return one.Changes() ? [.. problems.Select(p => p with { Remedy = OpenTest + p.Remedy })] : problems;
    }
}
