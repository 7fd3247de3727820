using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Components;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests;

/// <summary>The rules of the house, checked by a machine so that no review has to.</summary>
public sealed partial class HouseRules
{
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 60;
    private const int MaxP90MethodLines = 25;

    private static readonly string[] Libraries =
    [
        "Postseal.Protocol",
        "Postseal.Outbound",
        "Postseal.Resolver",
        "Postseal.Smtp",
        "Postseal.Checks",
        "Postseal.Lab",
        "postseal",
        "postseal-server",
    ];

    private static readonly string Root = RepositoryRoot.Path;

    [Theory]
    [InlineData("Postseal.Protocol", "")]
    [InlineData("Postseal.Outbound", "Postseal.Protocol")]
    [InlineData("Postseal.Resolver", "Postseal.Outbound")]
    [InlineData("Postseal.Smtp", "Postseal.Outbound")]
    [InlineData("Postseal.Checks", "Postseal.Resolver Postseal.Smtp")]
    [InlineData("Postseal.Lab", "Postseal.Protocol")]
    [InlineData("Postseal.Cli", "Postseal.Checks")]
    [InlineData("Postseal.Server", "Postseal.Checks Postseal.Lab")]
    public void Arrows_point_down_only(string project, string mayReference)
    {
        var references = XDocument
            .Load(Path.Combine(Root, "src", project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(mayReference.Split(' ', StringSplitOptions.RemoveEmptyEntries), references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_is_named_in_the_arrow_test()
    {
        var projects = Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        string[] known = ["Checks", "Cli", "Lab", "Outbound", "Protocol", "Resolver", "Server", "Smtp"];
        Assert.Equal(known.Select(k => $"Postseal.{k}"), projects);
    }

    [Fact]
    public void Every_project_is_in_the_solution_with_its_lock_file_and_CI_restores_what_that_says()
    {
        var solution = XDocument.Load(Path.Combine(Root, "Postseal.slnx"));
        var listed = solution.Descendants("Project").Select(p => p.Attribute("Path")!.Value).Order(StringComparer.Ordinal);
        var found = Directory
            .GetDirectories(Path.Combine(Root, "src"))
            .Concat(Directory.GetDirectories(Path.Combine(Root, "tests")))
            .SelectMany(f => Directory.GetFiles(f, "*.csproj"))
            .Select(Relative)
            .Order(StringComparer.Ordinal);
        Assert.Equal(found, listed);
        Assert.All(found, p => Assert.True(File.Exists(Path.Combine(Root, Path.GetDirectoryName(p)!, "packages.lock.json")), p));
        var locked = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("RestoreLockedMode").Single();
        Assert.Equal(("true", "'$(CI)' == 'true'"), (locked.Value, locked.Attribute("Condition")!.Value));
    }

    [Fact]
    public void Every_parser_of_the_protocol_library_has_a_fuzz_target()
    {
        string[] parsing = ["TryParse", "From", "Read", "Inspect", "Of", "AcceptedVersion"];
        var parsers =
            from type in typeof(Postseal.Protocol.DomainName).Assembly.GetExportedTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where parsing.Contains(method.Name)
            let input = method.GetParameters()[0].ParameterType
            where input == typeof(string) || input == typeof(ReadOnlySpan<char>) || input == typeof(ReadOnlySpan<byte>)
            select $"{type.Name}.{method.Name}(";
        var targets = string.Concat(
            Directory.GetFiles(Path.Combine(Root, "tests/Postseal.Fuzz/Targets"), "*.cs").Select(File.ReadAllText)
        );
        Assert.All(parsers.Distinct(), p => Assert.Contains(p, targets, StringComparison.Ordinal));
    }

    [Fact]
    public void The_protocol_library_does_no_work_of_its_own()
    {
        // BCL only: no Task, no clock, no logger, no I/O.
        string[] banned = ["System.Threading.Tasks", "TimeProvider", "System.Net.Http", "System.IO.", "new Socket("];
        var offenders = SourceFiles("Postseal.Protocol")
            .Where(f => banned.Any(b => File.ReadAllText(f).Contains(b, StringComparison.Ordinal)));
        Assert.Empty(offenders.Select(Relative));
    }

    /// <summary>Each place where a connection, a TLS stream, a chain or an HTTP client begins, and why it may. Whoever needs one more asks what it must not
    /// do: connect where nobody checked, download what a certificate names, wait or read without bound.</summary>
    [Fact]
    public void The_network_begins_in_named_places_only()
    {
        Dictionary<string, string> allowed = new()
        {
            ["Postseal.Outbound/OutboundConnection.cs"] = "the one outbound connection and its TLS",
            ["Postseal.Protocol/Tls/CertificatePath.cs"] = "the one chain: no downloads, no remembered certificates",
            ["Postseal.Resolver/PolicyHost/PolicyExchange.cs"] = "HTTP over a connection whose certificate was accepted",
            ["Postseal.Resolver/Dns/StubResolver.cs"] = "DnsClient, to the configured resolvers",
            ["Postseal.Cli/Commands/DaemonClient.cs"] = "to policyd on this machine",
            ["Postseal.Cli/Commands/DaemonPlace.cs"] = "to policyd on this machine",
            ["Postseal.Cli/Policyd/Server/ListeningSocket.cs"] = "listens",
            ["Postseal.Cli/Policyd/Server/UnixSocketFile.cs"] = "listens, on a file",
            ["Postseal.Cli/Policyd/SelfTest/DaemonTest.cs"] = "to policyd on this machine",
            ["Postseal.Lab/Dns/NameServer.cs"] = "listens",
            ["Postseal.Lab/Tls/TlsServer.cs"] = "the lab's server side of TLS",
            ["Postseal.Server/SenderTest/Running/Submission.cs"] =
                "MailKit, to the server that the operator names; without downloads",
            ["Postseal.Server/Demo/DemoCommand.cs"] = "listens, to find a free port",
        };
        var found = SourceFiles("")
            .Where(f => NetworkBegins().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Path.Combine(Root, "src"), f))
            .Order(StringComparer.Ordinal);
        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), found);
    }

    [GeneratedRegex(
        @"new (System\.Net\.\w+\.)*(SslStream|X509Chain|HttpClient|HttpMessageInvoker|SocketsHttpHandler|Socket|TcpClient|UdpClient|SmtpClient|ImapClient|LookupClient|LookupClientOptions|ClientWebSocket|DnsClient)\s*[({]"
            + @"|: SmtpClient\b|\b(Dns\.GetHost|X509Chain\.Create|WebRequest\.Create)"
            + @"|\b(SslStream|X509Chain|HttpClient|HttpMessageInvoker|SocketsHttpHandler|Socket|TcpClient|UdpClient|LookupClient) _?\w+ = new\b|_client = new\(new LookupClient"
    )]
    private static partial Regex NetworkBegins();

    [Fact]
    public void Every_concrete_class_is_sealed()
    {
        var open = OurTypes().Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false });
        Assert.Empty(open.Select(t => t.FullName));
    }

    [Fact]
    public void Every_method_that_returns_a_task_takes_a_token_last_and_not_by_default()
    {
        const BindingFlags all =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        var offenders =
            from type in OurTypes()
            from method in type.GetMethods(all)
            where !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.Contains('<')
            where
                typeof(Task).IsAssignableFrom(method.ReturnType)
                || method.ReturnType.Name.StartsWith("ValueTask", StringComparison.Ordinal)
            where method.Name is not ("DisposeAsync" or "Main" or "EndInvoke") // the last one is the runtime's, of every delegate
            where
                method.GetParameters() is not [.., { ParameterType.Name: nameof(CancellationToken), HasDefaultValue: false }]
            where method.GetBaseDefinition() == method // overrides follow their base
            select $"{type.FullName}.{method.Name}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void No_public_property_has_a_setter()
    {
        var offenders =
            from type in OurTypes()
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            where
                property.SetMethod is { IsPublic: true } set
                && set.GetBaseDefinition() == set // what a framework type demands is not ours to choose
                && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
            where !property.IsDefined(typeof(ParameterAttribute)) // Razor hands a component its value this way
            select $"{type.FullName}.{property.Name}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Interfaces_are_the_seams_and_nothing_else()
    {
        var interfaces = OurTypes().Where(t => t.IsInterface).Select(t => t.Name).Order(StringComparer.Ordinal);
        Assert.Equal(["IDns", "IPolicyHost", "IPolicyStore"], interfaces);
    }

    [Fact]
    public void Files_are_short()
    {
        var long_ = SourceFiles("")
            .Select(f => (File: Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MaxFileLines);
        Assert.Empty(long_);
    }

    [Fact]
    public void Methods_are_short()
    {
        var lengths = Libraries.SelectMany(MethodLengths).ToArray();
        Assert.True(lengths.Length > 300, $"only {lengths.Length} methods found: are the symbols missing?");
        var ordered = lengths.Select(m => m.Lines).Order().ToArray();
        Assert.InRange(ordered[(int)(ordered.Length * 0.9)], 1, MaxP90MethodLines);
        Assert.DoesNotContain(lengths, m => m.Lines > MaxMethodLines && !IsTable(m.File, m.First, m.Lines));
    }

    [Fact]
    public void Comments_and_documents_name_no_machine()
    {
        var offenders = SourceFiles("").Where(f => MachinePath().IsMatch(File.ReadAllText(f)));
        Assert.Empty(offenders.Select(Relative));
    }

    [GeneratedRegex("\"/(home|root|work|tmp)/")]
    private static partial Regex MachinePath();

    /// <summary>A switch expression, a table of literals or fields made of such: no statements but those that close one.</summary>
    private static bool IsTable(string file, int first, int lines) =>
        File.ReadLines(file)
            .Skip(first - 1)
            .Take(lines)
            .Count(l => l.TrimEnd().EndsWith(';') && l.Trim() is not (");" or "];" or "};")) <= 2;

    private static IEnumerable<(string Method, string File, int First, int Lines)> MethodLengths(string assembly)
    {
        var pdb = Path.Combine(AppContext.BaseDirectory, $"{assembly}.pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb));
        var reader = provider.GetMetadataReader();
        foreach (var handle in reader.MethodDebugInformation)
        {
            var info = reader.GetMethodDebugInformation(handle);
            if (info.Document.IsNil || info.SequencePointsBlob.IsNil)
                continue;

            var file = reader.GetString(reader.GetDocument(info.Document).Name);
            var points = info.GetSequencePoints().Where(p => !p.IsHidden).ToArray();
            if (
                points.Length == 0
                || file.Contains("/obj/", StringComparison.Ordinal)
                || file.EndsWith(".g.cs", StringComparison.Ordinal)
            )
                continue;

            var (first, last) = (points.Min(p => p.StartLine), points.Max(p => p.EndLine));
            var local = Path.Combine(Root, file[file.IndexOf("src/", StringComparison.Ordinal)..]);
            yield return ($"{assembly} {MetadataTokens.GetRowNumber(handle)}", local, first, last - first + 1);
        }
    }

    private static IEnumerable<Type> OurTypes() =>
        Libraries
            .Select(name => Assembly.Load(new AssemblyName(name)))
            .SelectMany(a => a.GetTypes())
            .Where(t =>
                !t.IsDefined(typeof(CompilerGeneratedAttribute))
                && !t.Name.Contains('<')
                && t.DeclaringType?.Name.Contains('<') != true
            )
            .Where(t =>
                t.Namespace?.StartsWith("Postseal", StringComparison.Ordinal) == true
                && t.Name != "_Imports" // Razor's
                && t.Name != "JsonContext"
                && t.Name != "CliJson"
                && t.Name != "StatusJson"
            );

    private static IEnumerable<string> SourceFiles(string project) =>
        Directory
            .GetFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal));

    private static string Relative(string file) => Path.GetRelativePath(Root, file);
}
