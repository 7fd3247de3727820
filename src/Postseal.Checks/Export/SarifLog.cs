using System.Text.Json.Serialization;

namespace Postseal.Checks.Export;

/// <summary>What we write of SARIF 2.1.0; names are the standard's.</summary>
public sealed record SarifLog(
    [property: JsonPropertyName("$schema")] string Schema,
    string Version,
    IReadOnlyList<SarifRun> Runs
);

/// <summary>One run of the checker over one or more domains.</summary>
public sealed record SarifRun(
    SarifTool Tool,
    IReadOnlyList<SarifInvocation> Invocations,
    IReadOnlyList<SarifResult> Results,
    SarifRunProperties Properties
);

/// <summary>The tool.</summary>
public sealed record SarifTool(SarifDriver Driver);

/// <summary>The program and the kinds of finding that it judged in this run.</summary>
public sealed record SarifDriver(
    string Name,
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? InformationUri,
    IReadOnlyList<SarifRule> Rules
);

/// <summary>One kind of finding.</summary>
public sealed record SarifRule(
    string Id,
    string Name,
    SarifText ShortDescription,
    SarifText FullDescription,
    SarifText Help,
    string HelpUri,
    SarifRuleProperties Properties
);

/// <summary>What SARIF has no word for about a rule.</summary>
public sealed record SarifRuleProperties(string Rfc);

/// <summary>A text, and for rules the same in Markdown.</summary>
public sealed record SarifText(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Markdown = null
);

/// <summary>When the checks ran and whether each of them came to a verdict.</summary>
public sealed record SarifInvocation(
    bool ExecutionSuccessful,
    string StartTimeUtc,
    IReadOnlyList<SarifNotification> ToolExecutionNotifications
);

/// <summary>Why a check came to no verdict.</summary>
public sealed record SarifNotification(string Level, SarifText Message);

/// <summary>One finding.</summary>
public sealed record SarifResult(
    string RuleId,
    int RuleIndex,
    string Kind,
    string Level,
    SarifText Message,
    IReadOnlyList<SarifLocation> Locations,
    IReadOnlyDictionary<string, string> PartialFingerprints,
    SarifResultProperties Properties
);

/// <summary>What SARIF has no word for about a result.</summary>
public sealed record SarifResultProperties(string Level, IReadOnlyDictionary<string, string> Evidence);

/// <summary>Where: a stand-in for a file, and the thing meant.</summary>
public sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation, IReadOnlyList<SarifLogicalLocation> LogicalLocations);

/// <summary>A file and a place in it.</summary>
public sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion Region);

/// <summary>A file.</summary>
public sealed record SarifArtifactLocation(string Uri);

/// <summary>A place in a file.</summary>
public sealed record SarifRegion(int StartLine);

/// <summary>The thing a finding is about, by its names.</summary>
public sealed record SarifLogicalLocation(string Name, string FullyQualifiedName);

/// <summary>What SARIF has no word for about a run.</summary>
public sealed record SarifRunProperties(IReadOnlyList<SarifVerdict> Verdicts);

/// <summary>One domain's verdict, in the words of the check document.</summary>
public sealed record SarifVerdict(string Domain, string Mail, string Protection, string Summary);
