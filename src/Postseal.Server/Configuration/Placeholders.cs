namespace Postseal.Server.Configuration;

/// <summary>A domain to try, and what is wrong with it. Stands in until the host is merged.</summary>
public sealed record ExampleDomain(string Name, string Fault);
