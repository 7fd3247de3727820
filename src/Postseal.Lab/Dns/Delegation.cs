using System.Net;

namespace Postseal.Lab.Dns;

/// <summary>How the name server stands in a DNS that is not its own: zones are delegated to it, and it answers for them and for nothing else (RFC 1034 §4.3.1).</summary>
/// <param name="Host">Its name, absolute: the NS record of every zone.</param>
/// <param name="Listen">The addresses it listens on, UDP and TCP.</param>
public sealed record Delegation(string Host, IReadOnlyList<IPAddress> Listen);
