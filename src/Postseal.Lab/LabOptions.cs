using Postseal.Lab.Certificates;
using Postseal.Lab.Dns;
using Postseal.Lab.Watching;

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

    /// <summary>Passes before every DNS answer, HTTP response and SMTP reply; zero for a lab next door.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Dates of certificates and every delay come from here.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>At a time, for all policy hosts together and again for all mail servers; who then comes takes the place of the oldest of the client that has most.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>The longest wait for a client's next command or request.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5); // RFC 5321 §4.5.3.2.7: at least five minutes

    /// <summary>The longest connection, whatever it does.</summary>
    public TimeSpan SessionTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Certificates from elsewhere, by what is wanted and for which host, asked at each handshake; where it gives none, the lab's own CA makes one.</summary>
    public Func<Leaf, string, LabChain?>? Certificates { get; init; }

    /// <summary>Zones that are delegated to the name server; null: it answers on loopback, like a validating resolver that knows nothing but the lab.</summary>
    public Delegation? Delegation { get; init; }

    /// <summary>What a mail server calls itself that shares its address with others, until the client says which one it means.</summary>
    public string FrontName { get; init; } = "mx.lab.test";

    /// <summary>Is told what peers do, from many threads at once and while they wait: it should be quick. What it throws is ignored.</summary>
    public Action<Observation>? Observer { get; init; }
}
