namespace Postseal.Fuzz.Targets;

/// <summary>Every parser of ours.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> List { get; } =
    [
        .. RecordTargets.All,
        .. NameTargets.All,
        .. ConversationTargets.All,
        .. CertificateTargets.All,
        .. DnsTargets.All,
        .. FileTargets.All,
        .. WebTargets.All,
    ];
}
