using System.Net;

namespace Postseal.Lab.Connections;

/// <summary>The two ends of a connection, and how long it may last.</summary>
/// <param name="Server">Tells which server of the lab was reached.</param>
internal sealed record Peer(IPAddress Server, IPAddress Client, Patience Patience);
