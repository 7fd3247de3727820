using System.Net;

namespace Postseal.Lab;

/// <summary>The two ends of a connection.</summary>
/// <param name="Server">Tells which server of the lab was reached.</param>
/// <param name="Client">Null if it was gone before it could be asked.</param>
internal readonly record struct Peer(IPAddress Server, IPAddress? Client);
