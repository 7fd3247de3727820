using System.Collections.Concurrent;
using System.Threading.Channels;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Where mail servers, policy hosts and the name server meet the tests: they ask whose mail is taken, and tell what they see. Both is called
/// from their sessions, so neither waits nor throws.</summary>
/// <param name="zone">The zone of all cases.</param>
/// <param name="isAsked">Whether a name is one that senders ask for; null for all names.</param>
public sealed class Intake(string zone, Func<string, bool>? isAsked = null)
{
    private readonly ConcurrentDictionary<string, byte> _mailboxes = new(StringComparer.Ordinal);

    private readonly Channel<Observation> _seen = Channel.CreateBounded<Observation>(
        new BoundedChannelOptions(TestLimits.Queue + TestLimits.QueueOfMail) { SingleReader = true }
    );
    private int _hasLost;

    /// <summary>What has been seen, in order.</summary>
    internal ChannelReader<Observation> Seen => _seen.Reader;

    /// <summary>Whether mail is taken for this address: only for a test that is open.</summary>
    /// <param name="recipient">In lower case.</param>
    public bool Accepts(string recipient) =>
        Address.TryRead(recipient, out var address) && _mailboxes.ContainsKey(address.Mailbox);

    /// <summary>Takes note of something, if it is about a case: a question for a name that no case has is not. In a flood some is lost, mail last.</summary>
    public void Observe(Observation observation)
    {
        var name = observation.Place;
        if (observation is Observation.Asked && isAsked is not null && !isAsked(name))
            return;

        if (name.Length > zone.Length && name.EndsWith(zone, StringComparison.Ordinal) && name[^(zone.Length + 1)] == '.')
            Take(ObservationText.Cut(observation));
    }

    /// <summary>Whether something has been lost since this was asked the last time.</summary>
    internal bool TakeLost() => Interlocked.Exchange(ref _hasLost, 0) != 0;

    /// <summary>Lets mail for a test in, or no more.</summary>
    internal void Let(string mailbox, bool isOpen)
    {
        if (isOpen)
            _mailboxes.TryAdd(mailbox, 0);
        else
            _mailboxes.TryRemove(mailbox, out _);
    }

    // What is lost blames nobody; but a delivery that is lost would look like a refusal, and anybody can ask as much as he likes.
    private void Take(Observation observation)
    {
        var isMail = observation is Observation.Delivered or Observation.Reported or Observation.Addressed { Accepted: true };
        if ((!isMail && _seen.Reader.Count >= TestLimits.Queue) || !_seen.Writer.TryWrite(observation))
            Interlocked.Exchange(ref _hasLost, 1);
    }
}
