using Postseal.Protocol;

namespace Postseal.Server.Hosting;

/// <summary>The path of a request as logs and traces may have it. The address of a sender test opens it to whoever reads it: its key is left out.</summary>
internal static class LoggedPath
{
    private const string Test = "/sender-test/";
    private const int MaxLength = 300;

    /// <summary>On one line, without a key.</summary>
    public static string Of(PathString path)
    {
        var text = path.Value ?? "";
        var at = text.IndexOf(Test, StringComparison.OrdinalIgnoreCase); // routes know no case
        if (at >= 0)
        {
            var from = at + Test.Length;
            var end = text.IndexOf('/', from);
            text = $"{text[..from]}KEY{(end < 0 ? "" : text[end..])}";
        }

        return PrintableText.Of(text, MaxLength);
    }
}
