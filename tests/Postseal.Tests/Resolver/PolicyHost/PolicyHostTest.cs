using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Postseal.Protocol;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>What tests of the policy host share: a CA, a clock, and a fetch for example.com.</summary>
public abstract class PolicyHostTest : IDisposable
{
    protected const string Policy = "version: STSv1\r\nmode: none\r\nmax_age: 1\r\n";

    private readonly TestCa _root = TestCa.Root();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Clock { get; } = new(TestCa.Now);

    private protected TestCa Root => _root;

    private protected X509Certificate2[] Good => [_root.Issue(Cert.For("mta-sts.example.com"))];

    public void Dispose()
    {
        _root.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<PolicyFetch> FetchAsync(RawHttpsServer server) =>
        FetchAsync(server.Port, "mta-sts.example.com A 127.0.0.1");

    private protected Task<PolicyFetch> FetchAsync(int port, string zone) =>
        PolicyHost(port, zone).FetchAsync(DomainName.Parse("example.com"), Ct);

    private protected HttpsPolicyHost PolicyHost(int port, string zone) => new(new FakeDns(zone), Options(port), Clock);

    private protected PolicyHostOptions Options(int port) =>
        new()
        {
            Roots = new(_root.Roots),
            AllowPrivate = true,
            Port = port,
        };

    private protected static (FetchFailure Failure, bool Ours) Failed(PolicyFetch fetch) => Failed(fetch.Outcome);

    private protected static (FetchFailure Failure, bool Ours) Failed(FetchOutcome outcome)
    {
        var failed = Assert.IsType<FetchOutcome.Failed>(outcome);
        return (failed.Failure, failed.Ours);
    }

    private protected static string Response(
        string body = Policy,
        string status = "200 OK",
        string headers = "Content-Type: text/plain\r\n"
    ) => $"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    private protected static string Body(PolicyFetch fetch) =>
        Encoding.ASCII.GetString(Assert.IsType<FetchOutcome.Body>(fetch.Outcome).Bytes.Span);
}
