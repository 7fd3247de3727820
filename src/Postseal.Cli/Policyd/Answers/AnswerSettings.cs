using Postseal.Cli.Policyd.Configuration;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>The configuration that answers are made by: one snapshot at a time, swapped whole by a reload.</summary>
/// <param name="options">The first one.</param>
/// <param name="believesAd">Answers of DNS may count as DNSSEC-secure; without that DANE is not looked at.</param>
internal sealed class AnswerSettings(PolicydOptions options, bool believesAd)
{
    private PolicydOptions _current = options;

    /// <summary>Now.</summary>
    public PolicydOptions Current => Volatile.Read(ref _current);

    /// <summary>Answers of DNS may count as DNSSEC-secure.</summary>
    public bool BelievesAd => believesAd;

    /// <summary>From now on.</summary>
    public void Swap(PolicydOptions next) => Volatile.Write(ref _current, next);
}
