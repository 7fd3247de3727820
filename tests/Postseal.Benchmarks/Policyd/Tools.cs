using System.Diagnostics;

namespace Postseal.Benchmarks.Policyd;

/// <summary>The two C programs beside this one, compiled for this run.</summary>
internal sealed record Tools(string Load, string ConstantServer)
{
    public static async Task<Tools> CompileAsync(string folder, CancellationToken ct) =>
        new(await CompileAsync("socketmap-load", folder, ct), await CompileAsync("constant-server", folder, ct));

    private static async Task<string> CompileAsync(string name, string folder, CancellationToken ct)
    {
        var (source, program) = (Path.Combine(AppContext.BaseDirectory, "Peers", $"{name}.c"), Path.Combine(folder, name));
        using var compiler = Process.Start("cc", ["-O2", "-o", program, source]);
        await compiler.WaitForExitAsync(ct);
        return compiler.ExitCode == 0 ? program : throw new InvalidOperationException($"cc could not compile {source}");
    }
}
