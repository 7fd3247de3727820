using System.Collections.Concurrent;
using System.Diagnostics;
using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Postseal.Outbound;
using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Hostile;

/// <summary>What the owner of a domain can make a check cost: no more than its budget, whatever the zone holds (docs/limits.md).</summary>
public sealed class WorstDomainTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Observation> _seen = [];
    private LabInternet? _lab;

    public static TheoryData<string> Labels =>
        new(
            WorstDomains
                .All.Prepend(LabDomains.All.First(d => d.Name == "healthy.lab.test"))
                .Select(d => d.Name[..d.Name.IndexOf('.', StringComparison.Ordinal)])
        );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _lab = await LabInternet.StartAsync(
            new() { Observer = _seen.Enqueue },
            [
                LabDomains.All.First(d => d.Name == "healthy.lab.test"),
                LabDomains.All.First(d => d.Name == "lab.test"),
                .. WorstDomains.All,
            ],
            Ct
        );

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task A_check_keeps_its_budget(string label)
    {
        var result = await CheckAsync(label);

        Assert.InRange(result.Facts.Cost.Connections, 0, CheckBudget.MaxConnections);
        Assert.InRange(result.Facts.Cost.Questions, 1, CheckBudget.MaxQuestions);
        Assert.InRange(result.Facts.Cost.Bytes, 0, CheckBudget.MaxBytes);
        Assert.InRange(_seen.Count(o => o is Observation.Connected), 0, CheckBudget.MaxConnections);
        Assert.InRange(
            _seen.Count(o => o is Observation.Fetched or Observation.HandshakeFailed),
            0,
            CheckBudget.MaxConnections + HttpsPolicyHost.MaxConnections
        );
        Assert.InRange(result.Facts.Hosts.Count, 1, CheckBudget.MaxHosts);
        Assert.InRange(result.Facts.Hosts.Sum(h => h.Sessions.Count), 1, CheckBudget.MaxProbes);
        Assert.InRange(result.Facts.Sts.Fetch?.Attempts.Count ?? 0, 1, HttpsPolicyHost.MaxAddresses);
    }

    [Fact]
    public async Task Report_addresses_are_visited_at_two_addresses_and_at_the_port_of_HTTPS_only()
    {
        var result = await CheckAsync("worst-targets");

        var mx = result.Facts.Hosts.Sum(h => h.Sessions.Count) * SmtpProbe.MaxConnections;
        Assert.InRange(result.Facts.Cost.Connections, 1, mx + (CheckBudget.MaxTargets * CheckBudget.MaxTargetAddresses));
        var untested = result.Facts.ReportTargets.Where(t => t.Problem == "port").ToList();
        Assert.Equal(3, untested.Count);
        Assert.All(untested, t => Assert.True(t.Unknown));
        Assert.Contains(
            result.Findings,
            f =>
                f.Id == "rpt-rua-unreachable"
                && f.Level == Level.Unknown
                && f.Summary.Contains("not to 25", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Of_chains_that_are_made_to_cost_a_check_looks_at_a_few()
    {
        var result = await CheckAsync("worst-hosts");

        var sessions = result.Facts.Hosts.SelectMany(h => h.Sessions).Select(s => s.Probe).ToList();
        var chains = sessions.Select(s => s.Tls).OfType<TlsOutcome.Established>().Select(t => t.Chain).ToList();
        Assert.Contains(chains, c => c.Problems.Contains(CertificateProblem.Oversized));
        // The last that is admitted, and what is worked on beside it.
        Assert.InRange(chains.Count, 1, OutboundBudget.MaxOversizedChains + OutboundBudget.HandshakesAtATime - 1);
        Assert.Contains(sessions, s => s.Stop is ProbeStop.OverBudget);
        Assert.Contains(result.Findings, f => f.Id == "cert-oversized");
    }

    [Fact]
    public async Task One_address_is_visited_a_few_times_whatever_the_hosts_are_called()
    {
        var result = await CheckAsync("worst-names");

        Assert.Equal(
            CheckBudget.MaxProbesPerNeighbourhood,
            result.Facts.Hosts.Count(h => h.Sessions.Single().Probe.Stop is not ProbeStop.OverBudget)
        );
        Assert.InRange(
            _seen.Count(o => o is Observation.Connected),
            CheckBudget.MaxProbesPerNeighbourhood,
            CheckBudget.MaxProbesPerNeighbourhood * SmtpProbe.MaxConnections
        );
        Assert.Contains(
            result.Findings,
            f => f.Id == "smtp-unreachable" && f.Evidence["detail"].Contains("4 times at most", StringComparison.Ordinal)
        );
    }

    private async Task<CheckResult> CheckAsync(string label)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await LabCheck.RunAsync(
            _lab!,
            $"{label}.lab.test",
            TimeSpan.FromMinutes(1),
            TimeSpan.FromSeconds(30),
            TimeProvider.System,
            Ct
        );
        TestContext.Current.SendDiagnosticMessage(
            $"{label}: {result.Facts.Cost}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {result.Verdict.Summary}"
        );
        return result;
    }
}
