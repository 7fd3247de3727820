using System.Text;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Server.SenderTest.Cases;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Server.SenderTest;

public sealed class CaseCatalogueTests
{
    private const string Zone = "sender.lab.test";

    private static readonly IReadOnlyList<SenderCase> All = CaseCatalogue.All(Zone, a => a == $"token@c6.{Zone}");

    [Fact]
    public void There_are_the_controls_and_C0_to_C27_in_order() =>
        Assert.Equal(
            [
                "control",
                .. Enumerable.Range(0, 22).Select(n => $"C{n}"),
                "control-dane",
                .. Enumerable.Range(22, 6).Select(n => $"C{n}"),
            ],
            All.Select(c => c.Id)
        );

    [Theory]
    [InlineData("token@c6.sender.lab.test", true)]
    [InlineData("postmaster@c6.sender.lab.test", true)] // RFC 5321 §4.5.1
    [InlineData("token@c7.sender.lab.test", false)]
    [InlineData("token@sender.lab.test", false)]
    [InlineData("other@c6.sender.lab.test", false)]
    public void A_mail_server_takes_mail_for_its_own_domain_only(string address, bool taken)
    {
        var all = CaseCatalogue.All(Zone, a => a.StartsWith("token@", StringComparison.Ordinal));
        Assert.Equal(taken, all.Single(c => c.Id == "C6").Stages[0].Domain.Receivers[0].Accepts!(address));
    }

    [Fact]
    public void A_domain_is_named_after_its_case_in_every_stage() =>
        Assert.All(All, c => Assert.All(c.Stages, s => Assert.Equal(DomainName.Parse($"{c.Id}.{Zone}").Value, s.Domain.Name)));

    [Fact]
    public void Only_the_last_stage_counts_and_the_first_begins_at_once() =>
        Assert.All(
            All,
            c =>
            {
                Assert.Equal(c.Stages.Count - 1, c.Stages.TakeWhile(s => s.IsPriming).Count());
                Assert.Equal(TimeSpan.Zero, c.Stages[0].After);
                Assert.All(c.Stages.Skip(1), s => Assert.True(s.After > TimeSpan.Zero));
            }
        );

    [Fact]
    public void No_two_servers_of_a_kind_share_an_address_with_each_other_or_with_the_rest_of_the_lab()
    {
        LabDomain[] domains = [.. LabDomains.All, .. All.Select(c => c.Stages[0].Domain)];
        Assert.Distinct(
            domains.SelectMany(d => d.Sites).Where(s => s.Address.GetAddressBytes().Length == 4).Select(s => s.Address)
        );
        Assert.Distinct(domains.SelectMany(d => d.Receivers).Select(r => r.Address));
    }

    [Fact]
    public void Servers_keep_their_addresses_from_stage_to_stage() =>
        Assert.All(
            All,
            c =>
                Assert.All(
                    c.Stages,
                    s =>
                    {
                        Assert.Equal(c.Stages[0].Domain.Sites.Select(x => x.Address), s.Domain.Sites.Select(x => x.Address));
                        Assert.Equal(
                            c.Stages[0].Domain.Receivers.Select(x => x.Address),
                            s.Domain.Receivers.Select(x => x.Address)
                        );
                    }
                )
        );

    [Fact]
    public void Mail_is_taken_for_live_recipients_only_and_for_reports_where_they_are_asked_for()
    {
        Assert.True(Accepts("C6", $"token@c6.{Zone}"));
        Assert.False(Accepts("C6", $"other@c6.{Zone}"));
        Assert.False(Accepts("C6", $"tls-reports@c6.{Zone}"));
        Assert.True(Accepts("C25", $"tls-reports@c25.{Zone}"));
        Assert.False(Accepts("C25", "tls-reports@other.test"));
    }

    [Fact]
    public void Every_text_is_there_and_fits() =>
        Assert.All(
            All,
            c =>
            {
                Assert.InRange(c.Title.Length, 5, 40);
                Assert.InRange(c.Fault.Length, 5, 100);
                Assert.EndsWith(".", c.ExpectedText, StringComparison.Ordinal);
                Assert.EndsWith(".", c.WrongSign, StringComparison.Ordinal);
                Assert.EndsWith(".", c.Remedy, StringComparison.Ordinal);
                Assert.InRange(c.Remedy.Length, 20, 300);
                Assert.Matches(@"^\d{4} §\d", c.Rules);
            }
        );

    [Fact]
    public void Each_case_stands_for_requirements_that_tests_hold()
    {
        var rows = File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "rfc", "README.md"))
            .Select(l => l.Split(" | "))
            .Where(l => l is [_, _, _, var tests] && tests.StartsWith('['))
            .Select(l => l[0].TrimStart('|', ' '))
            .ToHashSet();
        Assert.All(All, c => Assert.NotEmpty(c.Requirements));
        Assert.Empty(All.SelectMany(c => c.Requirements).Except(rows));
    }

    [Fact]
    [Trait("rfc", "8461-3.1-5")]
    public void Each_time_gives_ids_of_its_own_and_a_case_changes_its_id_only_where_that_is_its_point()
    {
        var time = new DateTimeOffset(2026, 11, 25, 13, 0, 0, 1, TimeSpan.FromHours(1));
        Assert.Equal("20261125T120000001", PolicyIds.Of(time));
        Assert.Equal("20261125", PolicyIds.OfDay(time));
        var ids = CaseCatalogue
            .All(Zone, _ => false, PolicyIds.Of(time))
            .Where(c => c.Changes())
            .ToDictionary(c => c.Id, c => string.Join(' ', c.Stages.Select(s => Id(s.Domain))));
        Assert.Equal("20261125T120000001 -", ids["C19"]);
        Assert.Equal("20261125T120000001 20261125T120000001 20261125T120000001b", ids["C20"]);
        Assert.Equal("20261125T120000001 20261125T120000001", ids["C21"]);
    }

    [Fact]
    public void The_cases_that_change_are_those_of_all() =>
        Assert.Equal(
            All.Where(c => c.Changes()).Select(c => c.Id),
            CaseCatalogue.Changing(Zone, _ => false, LabDomain.PolicyId, d => d).Select(c => c.Id)
        );

    private static string Id(LabDomain domain) =>
        domain.Records.OfType<ZoneRecord.Txt>().FirstOrDefault(t => t.Owner == "_mta-sts") is { } txt
        && StsRecord.TryParse(Encoding.UTF8.GetString(txt.Strings[0].Span), out var record, out _)
            ? record.Id
            : "-";

    private static bool Accepts(string id, string address) =>
        All.Single(c => c.Id == id).Stages[^1].Domain.Receivers[0].Accepts!(address);
}
