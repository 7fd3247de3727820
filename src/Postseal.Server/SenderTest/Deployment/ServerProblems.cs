using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Lab.Tls;
using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;
using Postseal.Smtp.Probe;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Whether the servers of a case's domain are as they should be: first what the checker finds, then what it has no finding for. Pure.</summary>
internal sealed class ServerProblems(string caseId, SeenDomain seen)
{
    private readonly IReadOnlyList<Finding> _findings = seen.Check.Findings;

    /// <summary>The first kind of problem that there is: what comes after it follows from it as a rule.</summary>
    public IReadOnlyList<Problem> First()
    {
        if (CaseFindings.Of(caseId) is not { } expected)
            return
            [
                Problem.NotKnown(
                    $"This version does not know what is to be found about {caseId}.",
                    "Use the version of postseal-server that the sender test runs with."
                ),
            ];

        Func<IEnumerable<Problem>>[] kinds =
        [
            () => Unwanted(expected),
            NotReached,
            () => Missing(expected),
            OldTls,
            WithoutSni,
            Policies,
        ];
        return kinds.Select(k => k().ToArray()).FirstOrDefault(p => p.Length > 0) ?? [];
    }

    private IEnumerable<Problem> Unwanted(IReadOnlyList<ExpectedFinding> expected) =>
        from finding in _findings
        where CaseFindings.Spoils(finding)
        where !expected.Any(e => e.Names(finding) || (e.Instead == finding.Id && IsMissing(e)))
        select Problem.Wrong(finding.Summary, finding.Remedy ?? "Set it up as this case needs it.");

    private IEnumerable<Problem> NotReached() =>
        from finding in _findings
        where finding.Level == Level.Unknown
        select finding.Id == "smtp-unreachable" && HasNoRoute
            ? Problem.NotKnown(
                "This machine has no way to the address of its mail server (it has no IPv6, perhaps).",
                "Verify from a machine that reaches it."
            )
            : Problem.NotKnown(finding.Summary, finding.Remedy ?? "Try again later.");

    private bool HasNoRoute => Sessions.Any() && Sessions.All(s => s.Probe.Stop is ProbeStop.NotConnected { NoRoute: true });

    private IEnumerable<Problem> Missing(IReadOnlyList<ExpectedFinding> expected) =>
        expected.Where(IsMissing).Take(1).Select(e => Problem.Wrong(e.Missing, e.Remedy));

    private bool IsMissing(ExpectedFinding one) => !_findings.Any(one.IsMetBy);

    // The probe leaves the question out where a server is slow, so silence proves nothing.
    private IEnumerable<Problem> OldTls() =>
        from session in Sessions
        where IsWanted(t => t.Versions == TlsVersions.OnlyOld) && session.Probe.LegacyTls is null
        select Problem.NotKnown(
            $"{session.Probe.Host} has not been seen to speak TLS 1.1 or 1.0 either; if it does not, no sender at all can deliver.",
            "Try again; if it stays so, let its mail server speak TLS 1.1: many TLS libraries have to be told so, or need a weaker security level."
        );

    private IEnumerable<Problem> WithoutSni() =>
        from session in Sessions
        where IsWanted(t => t.LeafWithoutSni is not null)
        let problem = session.Probe switch
        {
            { RefusesWithoutSni: true } => Problem.Wrong(
                $"{session.Probe.Host} refuses clients that send no SNI; it should show them a certificate of another name.",
                "Let the mail server show a certificate of another name to clients that send no SNI."
            ),
            { WithoutSni: null } => Problem.NotKnown(
                $"What {session.Probe.Host} shows to clients that send no SNI could not be told.",
                "Try again later."
            ),
            { WithoutSni: { } chain } when !chain.Problems.Contains(CertificateProblem.Name) => Problem.Wrong(
                $"The certificate that {session.Probe.Host} shows to clients that send no SNI is good for it, too.",
                "Let the mail server show a certificate of another name to clients that send no SNI."
            ),
            _ => null,
        }
        where problem is not null
        select problem;

    private IEnumerable<Problem> Policies()
    {
        if (seen.WantedPolicySite is not { } site || seen.Policy is not { } policy)
            yield break;

        if (
            policy.Attempts.Any(a =>
                a.Outcome is FetchOutcome.Body { Bytes: var bytes } && !bytes.Span.SequenceEqual(site.Body.Span)
            )
        )
            yield return Problem.Wrong(
                $"The policy at {site.Host} is not the one of this case.",
                "Serve the policy of this case; something in front of the policy host may keep an old one."
            );

        // The checker has a finding for it where the record leads to the policy.
        if (seen.Check.Facts.Sts.Fetch is null && policy.Outcome is FetchOutcome.Failed failed)
            yield return new(
                $"The policy at {site.Host} cannot be had, so who overlooks the fault of the record would seem to be right: {failed.Detail}",
                "Serve the policy of this case.",
                IsProven: !failed.Ours
            );
    }

    private IEnumerable<SessionFacts> Sessions => seen.Check.Facts.Hosts.SelectMany(h => h.Sessions);

    private bool IsWanted(Func<TlsFace, bool> trait) => seen.Wanted.Receivers.Any(r => trait(r.Tls));
}
