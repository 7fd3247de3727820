using System.Reflection;
using Postseal.Checks.Setup;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Checks;

/// <summary>Why a name is refused is said in words wherever it is said.</summary>
public sealed class DomainErrorTextTests
{
    public static TheoryData<string> Codes =>
        [
            .. typeof(DomainErrors)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => (string)f.GetRawConstantValue()!),
        ];

    [Theory]
    [MemberData(nameof(Codes))]
    public void No_code_reaches_a_reader(string code)
    {
        var error = new ParseError(code, 3);
        Assert.DoesNotContain("domain.", DomainErrorText.Of(error), StringComparison.Ordinal);
        Assert.EndsWith(".", DomainErrorText.Sentence(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exa\u2460mple.com", "character at position 4 cannot be converted")]
    [InlineData("a\u0301.com", "combining mark at position 2 cannot be converted")]
    public void What_cannot_be_converted_is_said_to_be_so(string name, string words)
    {
        Assert.False(DomainName.TryParse(name, out _, out var error));
        Assert.Contains(words, DomainErrorText.Of(error), StringComparison.Ordinal);
        Assert.Contains("xn--", DomainErrorText.Sentence(error), StringComparison.Ordinal);
    }
}
