using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd;

/// <summary>The daemon's answers over a DNS and policy hosts that are tables.</summary>
internal sealed class PolicydBench : IDisposable
{
    public PolicydBench(string zones, bool believesAd = true, TempCause[]? tempOn = null, IPolicyStore? store = null)
    {
        Dns = new(zones);
        Policies = new(Dns, Host, store ?? new MemoryPolicyStore(), Clock);
        Routes = new(Dns, 25, Clock);
        Options = new()
        {
            Listen = [],
            Store = "unused",
            Lookup = new([], DnssecTrust.Yes, null, AllowPrivate: false, 443, 25, null),
            TempOn = (tempOn ?? []).ToHashSet(),
            DnssecProbe = DomainName.Parse("org"),
        };
        Settings = new(Options, believesAd);
        Answerer = new(Table, new(Policies, Routes, Counts, Settings, Clock), Counts, Clock, NullLogger.Instance);
        Service = new(Answerer.TryWarm, Answerer.ColdAsync);
    }

    public FakeDns Dns { get; }

    public FakePolicyHost Host { get; } = new();

    public FakeTimeProvider Clock { get; } = new(TestCa.Now);

    internal PolicyResolver Policies { get; }

    internal RouteResolver Routes { get; }

    internal AnswerCounts Counts { get; } = new();

    internal AnswerTable Table { get; } = new(maxPolicies: 1000, MemoryBudget.Default);

    internal PolicydOptions Options { get; }

    internal AnswerSettings Settings { get; }

    internal Answerer Answerer { get; }

    internal SocketmapService Service { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A domain with a record, a policy and MX records.</summary>
    public static string Zone(string domain, params string[] mx) =>
        string.Join('\n', [$"_mta-sts.{domain} 300 TXT v=STSv1; id=1;", .. mx.Select((h, i) => $"{domain} MX {i} {h}")]);

    /// <summary>Serves a policy.</summary>
    public void Serve(string domain, string mode, params string[] mx) =>
        Host.Serve(domain, $"version: STSv1\nmode: {mode}\n{string.Concat(mx.Select(m => $"mx: {m}\n"))}max_age: 604800\n");

    /// <summary>What the wire would carry, without the frame; warm where it can be.</summary>
    public async Task<string> AskAsync(string request)
    {
        var bytes = Encoding.UTF8.GetBytes(request);
        return Payload(Warm(bytes) ?? await Service.Cold(bytes, Ct));
    }

    /// <summary>Has the policy fetched anew, as the refresher does.</summary>
    public Task RefreshAsync(string domain, CancellationToken ct) =>
        Policies.RefreshAsync(DomainName.Parse(domain), byOperator: true, ct);

    /// <summary>The warm answer; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Warm(byte[] request) =>
        Service.Warm(request, out var reply) ? reply : (ReadOnlyMemory<byte>?)null;

    public void Dispose()
    {
        Policies.Dispose();
        Routes.Dispose();
    }

    private static string Payload(ReadOnlyMemory<byte> netstring)
    {
        var text = Encoding.UTF8.GetString(netstring.Span);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..^1];
    }
}
