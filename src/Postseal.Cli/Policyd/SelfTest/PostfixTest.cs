using System.Net;
using System.Security;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary>Gathers the facts about Postfix on this machine; <see cref="PostfixRules"/> judges them.</summary>
internal static class PostfixTest
{
    private const int MaxFile = 8 * 1024 * 1024; // a bundle of all public roots has a quarter of a megabyte
    private const int MaxEntries = 200; // of a CApath: the first certificate decides

    private static readonly string[] Names =
    [
        "mail_version",
        "compatibility_level",
        "queue_directory",
        "tls_append_default_CA",
        "smtp_dns_support_level",
        "smtp_tls_CAfile",
        "smtp_tls_CApath",
        "smtp_tls_dane_insecure_mx_policy",
        "smtp_tls_enforce_sts_mx_patterns",
        "smtp_tls_policy_maps",
        "smtp_tls_security_level",
    ];

    public static async Task<IReadOnlyList<SelfTestFinding>> RunAsync(OurSide ours, TimeProvider clock, CancellationToken ct)
    {
        // -x works out $names; parameters that this version does not know are named on stderr and left out.
        var main = await Postconf.RunAsync(["-x", .. Names], clock, ct);
        var master = await Postconf.RunAsync(["-M", "smtp/unix"], clock, ct);
        return (main, master) switch
        {
            (PostconfOutput.Absent, _) => [SelfTestFinding.Note("postfix", "Postfix is not installed here: skipped.")],
            (PostconfOutput.Text m, PostconfOutput.Text s) => PostfixRules.Judge(Facts(m.Value, s.Value), ours),
            (PostconfOutput.Failed f, _) => Failed(f.Reason),
            (_, PostconfOutput.Failed f) => Failed(f.Reason),
            _ => Failed("it vanished"),
        };
    }

    /// <summary>Reads what postconf printed about main.cf and about the smtp service in master.cf.</summary>
    public static (IReadOnlyDictionary<string, string> Settings, bool Chroot) Parse(string main, string master)
    {
        var settings = new Dictionary<string, string>();
        foreach (var line in main.Split('\n'))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value])
                settings[name] = value;
        }

        char[] blanks = [' ', '\t', '\r', '\n'];
        var words = master.Split(blanks, StringSplitOptions.RemoveEmptyEntries);
        foreach (var (option, value) in words.Skip(8).Zip(words.Skip(9)))
        {
            if (option == "-o" && value.Split('=', 2) is [var name, var given])
                settings[name] = given;
        }

        // The default of the column is n from compatibility_level 1 on (master(5)).
        var level = settings.GetValueOrDefault("compatibility_level", "0");
        var chroot = words.Length > 4 && (words[4] == "y" || (words[4] == "-" && level is "0" or ""));
        return (settings, chroot);
    }

    private static PostfixFacts Facts(string main, string master)
    {
        var (settings, chroot) = Parse(main, master);
        var root = chroot ? settings.GetValueOrDefault("queue_directory", "") : "";
        return new()
        {
            Settings = settings,
            Chroot = chroot,
            CaFile = Look(settings.GetValueOrDefault("smtp_tls_CAfile", ""), HoldsCertificate),
            CaPath = settings.GetValueOrDefault("smtp_tls_CApath", "") is { Length: > 0 } path
                ? Look(root + path, DirectoryHoldsCertificate)
                : CaPlace.NotSet,
            Resolvers = Resolvers($"{root}/etc/resolv.conf"),
        };
    }

    private static IReadOnlyList<SelfTestFinding> Failed(string reason) =>
        [
            SelfTestFinding.Unknown(
                "postfix",
                $"Postfix's configuration cannot be read: {PrintableText.Of(reason, 300)}",
                new("Mend what this says:", "postfix check")
            ),
        ];

    private static CaPlace Look(string path, Func<string, bool> holds)
    {
        try
        {
            return path.Length == 0 ? CaPlace.NotSet
                : holds(path) ? CaPlace.Good
                : CaPlace.Empty;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            return CaPlace.Missing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return CaPlace.Unreadable;
        }
    }

    private static bool DirectoryHoldsCertificate(string path) =>
        Directory.EnumerateFiles(path).Take(MaxEntries).Any(f => File.Exists(f) && HoldsCertificate(f));

    private static bool HoldsCertificate(string path)
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[(int)Math.Min(stream.Length, MaxFile)];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var text = buffer.AsSpan(0, length);
        return text.IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0 || text.IndexOf("-----BEGIN TRUSTED CERTIFICATE-----"u8) >= 0;
    }

    private static IPAddress[]? Resolvers(string path)
    {
        try
        {
            return [.. SystemResolvers.Parse(File.ReadAllText(path)).Servers.Select(s => s.Address)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
