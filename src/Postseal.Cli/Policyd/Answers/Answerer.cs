using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Postseal.Protocol;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>Answers questions of mail servers: from the table where it can (<see cref="TryWarm"/>), else by looking up (<see cref="ColdAsync"/>).</summary>
internal sealed class Answerer(
    AnswerTable table,
    DestinationResolver resolver,
    AnswerCounts counts,
    TimeProvider clock,
    ILogger log
)
{
    // Map names that are not ours: said once each, and no more after so many.
    private const int MaxNamesWarned = 16;

    private static readonly SocketmapReply NotFound = new SocketmapReply.NotFound();
    private static readonly byte[] NotFoundBytes = NotFound.ToNetstring(Dialect.Plain);

    private readonly AnswerCount _noDomain = counts.Of(NotFound, "no-domain");
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);
    private volatile bool _isDebug = log.IsEnabled(LogLevel.Debug);

    /// <summary>Has every answer logged, or none. Logged answers take the cold path, so that the warm one need not look.</summary>
    public void LogAnswers(bool all) => _isDebug = all;

    /// <summary>The reply, if it needs nobody to be asked. Allocates nothing.</summary>
    public bool TryWarm(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> reply)
    {
        reply = default;
        if (_isDebug || !SocketmapRequest.TryParse(request, out var question))
            return false;

        var dialect = Dialects.Of(question.Map, out var isKnown);
        if (!isKnown && MustWarn(question.Map))
            return false;

        // Postfix asks for ".parent" after every NOTFOUND; policies are not inherited (RFC 8461 §3.4).
        if (question.Key is [(byte)'.', ..])
        {
            _noDomain.Add();
            reply = NotFoundBytes;
            return true;
        }

        if (!table.TryGet(question.Key, out var answer) || !answer!.IsValid(clock.GetUtcNow()))
            return false;

        if (answer.Lacks(dialect))
            return false;

        answer.Count.Add();
        reply = answer.Bytes(dialect);
        return true;
    }

    /// <summary>The reply after whatever look-ups it needs; within the time limit of an answer.</summary>
    public async Task<ReadOnlyMemory<byte>> ColdAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        if (!TryRead(request.Span, out var dialect, out var destination))
            return Refuse();

        if (destination is null)
        {
            _noDomain.Add();
            return NotFoundBytes;
        }

        var answer = await AnswerAsync(destination, ct);
        if (answer.Lacks(dialect))
            table.Put(destination, answer = answer.Rendered());

        answer.Count.Add();
        if (_isDebug)
            AnswerLog.Answered(log, destination.ToString(), answer.Count.Reply, answer.Count.Cause);

        return answer.Bytes(dialect);
    }

    /// <summary>The answer for a destination, from the table or by looking up.</summary>
    public async Task<Answer> AnswerAsync(Destination destination, CancellationToken ct)
    {
        var known = table.Find(destination);
        if (known is not null && known.IsValid(clock.GetUtcNow()))
            return known;

        var answer = await resolver.ResolveAsync(destination, ct);
        table.Put(destination, answer);
        return answer;
    }

    private static ReadOnlyMemory<byte> Refuse() =>
        new SocketmapReply.Permanent("a question is a map name, a space and a domain").ToNetstring(Dialect.Plain);

    private bool TryRead(ReadOnlySpan<byte> request, out Dialect dialect, out Destination? destination)
    {
        (dialect, destination) = (Dialect.Plain, null);
        if (!SocketmapRequest.TryParse(request, out var question))
            return false;

        dialect = Dialects.Of(question.Map, out var isKnown);
        if (!isKnown)
            Warn(Encoding.Latin1.GetString(question.Map[..Math.Min(question.Map.Length, 100)]));

        _ = Destination.TryParse(question.Key, out destination); // none: nothing to look up
        return true;
    }

    private bool MustWarn(ReadOnlySpan<byte> name)
    {
        if (_warned.Count >= MaxNamesWarned || name.Length > 100)
            return _warned.Count < MaxNamesWarned;

        Span<char> text = stackalloc char[name.Length];
        Encoding.Latin1.GetChars(name, text);
        return !_warned.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(text);
    }

    private void Warn(string name)
    {
        if (_warned.Count < MaxNamesWarned && _warned.TryAdd(name, true))
            AnswerLog.UnknownMap(log, PrintableText.Of(name, 100));
    }
}
