using Postseal.Protocol;

namespace Postseal.Server.Hosting;

/// <summary>The folder of <c>--data</c>.</summary>
internal static class DataDirectory
{
    /// <summary>Makes sure that it is there and can be written to. It is not made: a typing error would begin an empty store somewhere.</summary>
    /// <exception cref="SiteStartException">It is not.</exception>
    public static void Demand(string path)
    {
        var shown = PrintableText.Of(path, 200);
        if (File.Exists(path))
            throw new SiteStartException($"--data takes a folder, and {shown} is a file");

        if (!Directory.Exists(path))
            throw new SiteStartException($"the data folder {shown} does not exist: make it, or name another with --data");

        try
        {
            using var probe = new FileStream(
                Path.Combine(path, $".write-test-{Environment.ProcessId}-{Guid.NewGuid():N}"),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Options = FileOptions.DeleteOnClose,
                }
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SiteStartException($"the data folder {shown} cannot be written to: {e.Message}", e);
        }
    }
}
