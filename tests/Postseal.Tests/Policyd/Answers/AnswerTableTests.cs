using System.Text;
using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Memory;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Sts;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.Answers;

/// <summary>What is kept of answers, and for how many.</summary>
public sealed class AnswerTableTests
{
    private const int Policies = 20_000;
    private static readonly DateTimeOffset Soon = TestCa.Now.AddMinutes(1);
    private static readonly AnswerCount Count = new("secure", "enforce");
    private static readonly byte[] Text = Encoding.ASCII.GetBytes(
        "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 604800\r\n"
    );

    [Fact]
    public void Every_policy_asked_for_in_turn_is_answered_from_the_table()
    {
        var table = new AnswerTable(Policies, MemoryBudget.Default);
        for (var round = 0; round < 5; round++)
        for (var i = 0; i < Policies; i++)
            if (table.Find(Of(i)) is null)
                table.Put(Of(i), Secure(i));

        Assert.All(Enumerable.Range(0, Policies), i => Assert.True(table.TryGet(Key(i), out _)));
    }

    [Fact]
    public void A_flood_of_invented_domains_pushes_out_no_answer_of_a_policy_and_takes_bounded_room()
    {
        var table = new AnswerTable(Policies, MemoryBudget.Default);
        table.Put(Of(0), Secure(0));
        for (var i = 1; i < 200_000; i++)
            table.Put(Of(i), NotFound());

        Assert.True(table.TryGet(Key(0), out _));
        Assert.InRange(table.Count, 1, 2 * 16_384 + 1);
    }

    [Fact]
    public void A_domain_has_one_answer_whether_it_gains_a_policy_or_loses_it()
    {
        var table = new AnswerTable(Policies, MemoryBudget.Default);
        foreach (var answer in new[] { Secure(1), NotFound(), Secure(1), NotFound() })
        {
            table.Put(Of(1), answer);
            Assert.True(table.TryGet(Key(1), out var found));
            Assert.Same(answer, found);
            Assert.Equal(1, table.Count);
        }

        table.Remove(Of(1));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void The_long_dialect_is_rendered_once_and_no_other_array_is_made_twice()
    {
        var answer = Secure(1);
        Assert.True(answer.Lacks(Dialect.TlsRpt));
        var whole = answer.Rendered();
        Assert.False(whole.Lacks(Dialect.TlsRpt));
        Assert.Same(whole, whole.Rendered());
        Assert.Same(answer.Bytes(Dialect.Plain), whole.Bytes(Dialect.Plain));
        Assert.Same(answer.Bytes(Dialect.Plain), answer.Bytes(Dialect.Sendmail));
        Assert.Contains("policy_string = mx: mx.example.com }", Encoding.ASCII.GetString(whole.Bytes(Dialect.TlsRpt)));
        Assert.Same(NotFound().Bytes(Dialect.Plain), NotFound().Bytes(Dialect.TlsRpt));
    }

    private static string Name(int i) => $"d{i}.example";

    private static Destination Of(int i) => new(DomainName.Parse(Name(i)), IsHost: false, Port: null);

    private static byte[] Key(int i) => Encoding.ASCII.GetBytes(Name(i));

    private static Answer NotFound() => new(new(new SocketmapReply.NotFound(), "not-published"), Soon, state: null, Count);

    private static Answer Secure(int i)
    {
        Assert.True(StsPolicy.TryParse(Text, out var policy, out _));
        var domain = DomainName.Parse(Name(i));
        var cached = new CachedPolicy(domain, policy, Text, "1", TestCa.Now);
        return new(
            new(new SocketmapReply.Secure(domain, policy, Text, [domain]), "enforce"),
            Soon,
            new StsState(domain) { Cached = cached },
            Count
        );
    }
}
