namespace Postseal.SystemTests.Servers;

/// <summary>Whether the real servers can run here. The one place that skips: without them a laptop skips with a reason, CI fails.</summary>
public static class Peers
{
    private static readonly string[] Programs =
    [
        "named",
        "dnssec-keygen",
        "dnssec-signzone",
        "unbound",
        "nginx",
        "postfix",
        "posttls-finger",
        "dig",
        "openssl",
    ];

    private static readonly string[] ForSending = ["unshare", "nsenter", "ip", "unbound-control", "sendmail", "smtp-source"];

    /// <summary>Why they cannot run; null when they can.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "The system tests need Linux, where all of 127/8 is loopback.";

        if (!Environment.IsPrivilegedProcess)
            return "The system tests need root: Postfix starts as root only.";

        var absent = Programs.Where(p => Tool.Find(p) is null).ToList();
        return absent.Count == 0 ? null : $"Not installed: {string.Join(", ", absent)}. Run build/install-peers.sh.";
    }

    /// <summary>Why a sender in a network of its own cannot run; null when it can.</summary>
    public static async Task<string?> MissingForSendingAsync(CancellationToken ct)
    {
        if (Missing() is { } missing)
            return missing;

        var absent = ForSending.Where(p => Tool.Find(p) is null).ToList();
        if (absent.Count > 0)
            return $"Not installed: {string.Join(", ", absent)}. Run build/install-peers.sh.";

        var attempt = await Tool.RunAsync("unshare", ["--net", "--mount", "true"], ct);
        return attempt.ExitCode == 0 ? null : $"A sender needs a network of its own, which cannot be made here: {attempt.Errors}";
    }

    /// <summary>Why the senders of the conformance run cannot; null when they can.</summary>
    public static async Task<string?> MissingForConformanceAsync(CancellationToken ct) =>
        await MissingForSendingAsync(ct)
        ?? (Tool.Find("mta-sts-daemon") is null ? "Not installed: mta-sts-daemon. Run build/install-peers.sh." : null);

    /// <summary>Skips the running test for the reason given, or fails it in CI; does nothing without a reason.</summary>
    public static void Demand(string? missing)
    {
        if (missing is null)
            return;

        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(missing);

        Assert.Skip(missing);
    }
}
