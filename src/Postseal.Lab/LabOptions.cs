namespace Postseal.Lab;

/// <summary>How to start a lab.</summary>
public sealed record LabOptions
{
    /// <summary>For UDP and TCP; 0 takes any free port.</summary>
    public int DnsPort { get; init; }

    /// <summary>For policy hosts; 0 takes any free port.</summary>
    public int HttpsPort { get; init; }

    /// <summary>For mail servers; 0 takes any free port.</summary>
    public int SmtpPort { get; init; }

    /// <summary>Dates of certificates and every delay come from here.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
