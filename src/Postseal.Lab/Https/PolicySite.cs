using System.Collections.Immutable;
using System.Net;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Https;

/// <summary>One HTTPS server: an address, and what it answers to GET /.well-known/mta-sts.txt; any other path is a 404, but for the one that takes reports.</summary>
/// <param name="Host">Its name, absolute.</param>
/// <param name="Address">A loopback address of its own.</param>
public sealed record PolicySite(string Host, IPAddress Address)
{
    /// <summary>The path of RFC 8461 §3.3.</summary>
    public const string Path = "/.well-known/mta-sts.txt";

    /// <summary>How it does TLS.</summary>
    public TlsFace Tls { get; init; } = TlsFace.Good;

    /// <summary>The status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>All headers but those that frame the message.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [("Content-Type", "text/plain; charset=utf-8")];

    /// <summary>The body; sent chunked, so that its size shows only at its end, when <see cref="AnnouncesSize"/> is false.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body of the n-th fetch, counted from 1, in place of <see cref="Body"/>; null when every fetch gets the same.</summary>
    public Func<int, ReadOnlyMemory<byte>>? BodyOfFetch { get; init; }

    /// <summary>Whether Content-Length is sent.</summary>
    public bool AnnouncesSize { get; init; } = true;

    /// <summary>Where it takes TLS reports by POST (RFC 8460 §5.4), to drop them; null: nowhere.</summary>
    public string? ReportPath { get; init; }

    /// <summary>How the body is sent.</summary>
    public Pace Pace { get; init; } = Pace.AtOnce;
}

/// <summary>How fast a server answers.</summary>
public enum Pace
{
    /// <summary>As fast as it can.</summary>
    AtOnce,

    /// <summary>One byte of the body a second.</summary>
    Drip,

    /// <summary>The request is read and never answered.</summary>
    Hang,
}
