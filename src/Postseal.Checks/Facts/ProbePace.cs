namespace Postseal.Checks.Facts;

/// <summary>How politely MX hosts are probed: who probes fast is taken for a spammer and blocked, and then learns nothing.</summary>
public sealed record ProbePace
{
    /// <summary>Passes between two probes of one address. A person checking their own domains needs none; a public site does.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>How long a result answers for the same host and address: many domains share their MX hosts.</summary>
    public TimeSpan Share { get; init; }
}
