using Xunit;

namespace Postseal.Tests.Fakes;

/// <summary>Files that hold expected output. <c>make golden</c> rewrites them, and the diff is read.</summary>
internal static class Golden
{
    public static void Equal(string path, string expected, string actual)
    {
        if (expected == actual)
            return;

        if (Environment.GetEnvironmentVariable("POSTSEAL_GOLDEN") == "rewrite")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.Equal(expected, actual);
    }
}
