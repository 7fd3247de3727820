using System.Text;
using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

/// <summary>Tests that weigh the heap of the process: nothing else may run beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

/// <summary>What a policy takes that is kept.</summary>
[Collection("alone")]
public sealed class PolicyMemoryTests
{
    [Theory]
    [InlineData("mx: ", 6496, "m{0}.t", 10)]
    [InlineData("k: ", 9000, "{0}", 1000)]
    public void A_policy_of_64_kilobytes_takes_about_its_own_bytes(string key, int lines, string value, int different)
    {
        var text = Large(key, lines, i => string.Format(System.Globalization.CultureInfo.InvariantCulture, value, i % different));
        // What earlier tests have left may still be going: the least of three is the nearest to the truth, and a policy of objects is far above in each.
        var each = Enumerable.Range(0, 3).Min(_ => Math.Abs(Weigh(text)));
        Assert.InRange(each, text.Length / 4, 2 * text.Length);
    }

    private static long Weigh(byte[] text)
    {
        const int kept = 200;
        var policies = new StsPolicy[kept];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < kept; i++)
            policies[i] = Parse(text);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / kept;
        GC.KeepAlive(policies);
        return each;
    }

    private static StsPolicy Parse(byte[] text) =>
        StsPolicy.TryParse(text, out var policy, out var error) ? policy : throw new FormatException(error.Code);

    private static byte[] Large(string key, int lines, Func<int, string> value) =>
        Encoding.ASCII.GetBytes(
            "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 604800\n"
                + string.Concat(Enumerable.Range(0, lines).Select(i => $"{key}{value(i)}\n"))
        );
}
