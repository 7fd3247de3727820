using System.Collections.Concurrent;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>All counters of answers. There are as many as there are pairs of reply and cause: a few dozen.</summary>
internal sealed class AnswerCounts
{
    private readonly ConcurrentDictionary<(string, string), AnswerCount> _counts = new();

    /// <summary>Every counter so far.</summary>
    public IEnumerable<AnswerCount> All => _counts.Values;

    /// <summary>The counter of a reply and its cause.</summary>
    public AnswerCount Of(SocketmapReply reply, string cause)
    {
        var name = Name(reply);
        return _counts.GetOrAdd((name, cause), _ => new(name, cause));
    }

    private static string Name(SocketmapReply reply) =>
        reply switch
        {
            SocketmapReply.NotFound => "notfound",
            SocketmapReply.Secure => "secure",
            SocketmapReply.Dane => "dane",
            SocketmapReply.DaneOnly => "dane-only",
            SocketmapReply.Temporary => "temp",
            SocketmapReply.Permanent => "perm",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
