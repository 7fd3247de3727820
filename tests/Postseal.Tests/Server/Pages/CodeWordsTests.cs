using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;
using Postseal.Server.Pages;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>Codes are for programs: people read words, and the picture has room for them.</summary>
public sealed class CodeWordsTests
{
    private const int Room = 24; // characters of a box of the picture

    public static TheoryData<string> Fetches => [.. Enum.GetValues<FetchFailure>().Select(f => f.ToWire())];

    public static TheoryData<CertificateProblem> Problems => [.. Enum.GetValues<CertificateProblem>()];

    [Theory]
    [MemberData(nameof(Fetches))]
    public void A_failed_fetch_is_told_in_words(string code)
    {
        Assert.NotEqual(code, CodeWords.Fetch(code));
        Assert.InRange(CodeWords.Fetch(code).Length, 1, Room);
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_problem_of_a_certificate_is_told_in_words(CertificateProblem problem)
    {
        var words = CodeWords.Certificate([problem.ToWire()]);
        if (problem is not (CertificateProblem.Expired or CertificateProblem.SelfSigned)) // these are words
            Assert.NotEqual(problem.ToWire(), words);

        Assert.InRange(words.Length, 1, Room);
        Assert.Equal(!problem.Refuses(), CodeWords.IsRemark(problem.ToWire()));
    }

    [Fact]
    public void A_code_from_the_future_is_shown_harmless() =>
        Assert.Equal("odd\\x1B, wrong name", CodeWords.Certificate(["odd\u001b", "name"]));
}
