using System.Collections.Concurrent;
using System.Threading.Channels;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;

namespace Postseal.Tests.Lab;

/// <summary>A lab of a few domains, and all that was seen in it.</summary>
public sealed class Watched : IAsyncDisposable
{
    private readonly ConcurrentQueue<Observation> _seen = new();
    private readonly Channel<Observation> _news = Channel.CreateUnbounded<Observation>();

    public LabInternet Internet { get; private set; } = null!;

    /// <summary>In the order told.</summary>
    public IReadOnlyList<Observation> Seen => [.. _seen];

    public static Task<Watched> StartAsync(LabDomain domain, CancellationToken ct) => StartAsync(new(), [domain], ct);

    public static async Task<Watched> StartAsync(LabOptions options, LabDomain[] domains, CancellationToken ct)
    {
        var watched = new Watched();
        watched.Internet = await LabInternet.StartAsync(options with { Observer = watched.Note }, domains, ct);
        return watched;
    }

    /// <summary>A domain of <see cref="LabDomains"/> that takes mail for <c>token@</c> itself.</summary>
    public static LabDomain TakingMail(string label, Func<Receiver, Receiver>? change = null)
    {
        var domain = LabDomains.All.Single(d => d.Name == $"{label}.lab.test");
        return domain
            .Receiver(r => r with { Accepts = to => to.StartsWith("token", StringComparison.Ordinal) })
            .Receiver(change ?? (r => r));
    }

    private void Note(Observation seen)
    {
        _seen.Enqueue(seen);
        _news.Writer.TryWrite(seen);
    }

    /// <summary>What was seen of this kind.</summary>
    public T[] Of<T>()
        where T : Observation => [.. _seen.OfType<T>()];

    /// <summary>Waits until one of this kind has been seen.</summary>
    public async Task UntilAsync<T>(CancellationToken ct)
        where T : Observation
    {
        while (await _news.Reader.ReadAsync(ct) is not T) { }
    }

    /// <summary>Ends every session first, so that nothing is still to be told.</summary>
    public ValueTask DisposeAsync() => Internet.DisposeAsync();
}
