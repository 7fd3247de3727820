using System.Globalization;
using System.Text;
using Postseal.Cli.Policyd.Answers;
using Postseal.Cli.Policyd.Server;
using Postseal.Cli.Policyd.Store;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Status;

/// <summary>What <c>/metrics</c> shows, in Prometheus text. Names and meanings: docs/policyd-metrics.md.</summary>
internal sealed class PolicydMetrics(
    SocketmapCounters server,
    AnswerCounts answers,
    AnswerTable table,
    PolicyResolver policies,
    SqlitePolicyStore store,
    NoticeCounts notices,
    TimeProvider clock
)
{
    private readonly DateTimeOffset _started = clock.GetUtcNow();

    /// <summary>The whole text, made from the counters as they are.</summary>
    public string Render()
    {
        var text = new PrometheusText();
        Traffic(text);
        Latency(text);
        Policies(text);
        text.Gauge("postseal_policyd_start_time_seconds", "When the daemon started, Unix time.", _started.ToUnixTimeSeconds());
        return text.ToString();
    }

    private void Traffic(PrometheusText text)
    {
        text.Family("postseal_policyd_answers_total", "counter", "Answers by reply and cause.");
        foreach (
            var count in answers.All.OrderBy(c => c.Reply, StringComparer.Ordinal).ThenBy(c => c.Cause, StringComparer.Ordinal)
        )
            text.Sample("postseal_policyd_answers_total", $"reply=\"{count.Reply}\",cause=\"{count.Cause}\"", count.Value);

        text.Gauge("postseal_policyd_answers_kept", "Answers ready to be given without a look-up.", table.Count);
        text.Family("postseal_policyd_requests_total", "counter", "Well-formed questions by how they were answered.");
        text.Sample("postseal_policyd_requests_total", "path=\"warm\"", server.WarmRequests);
        text.Sample("postseal_policyd_requests_total", "path=\"cold\"", server.ColdRequests);
        text.Counter("postseal_policyd_malformed_total", "Requests that were no netstring within the limits.", server.Malformed);
        text.Gauge("postseal_policyd_connections_open", "Connections open now.", server.ConnectionsOpen);
        text.Counter("postseal_policyd_connections_total", "Connections accepted.", server.ConnectionsTotal);
        text.Counter(
            "postseal_policyd_connections_refused_total",
            "Connections closed at once at the limit.",
            server.ConnectionsRefused
        );
        text.Counter(
            "postseal_policyd_connections_evicted_total",
            "Idle connections closed in favour of new ones.",
            server.ConnectionsEvicted
        );
        text.Counter(
            "postseal_policyd_connections_timed_out_total",
            "Connections closed by a time limit.",
            server.ConnectionsTimedOut
        );
        text.Counter("postseal_policyd_bugs_total", "Connections closed because of an error of the daemon itself.", server.Bugs);
    }

    private void Latency(PrometheusText text)
    {
        text.Histogram(
            "postseal_policyd_warm_answer_seconds",
            "Time of an answer given without a look-up, inside the daemon.",
            server.WarmLatency
        );
        text.Histogram(
            "postseal_policyd_cold_answer_seconds",
            "Time of an answer that needed a look-up, inside the daemon.",
            server.ColdLatency
        );
    }

    private void Policies(PrometheusText text)
    {
        var now = clock.GetUtcNow();
        var modes = new long[3];
        var endangered = 0L;
        DateTimeOffset? first = null;
        foreach (var state in policies.Policies)
        {
            if (state.Live(now) is not { } live)
                continue;

            modes[(int)live.Mode]++;
            endangered += Refresher.IsEndangered(state, now) ? 1 : 0;
            first = first is { } soonest && soonest <= live.ExpiresAt ? first : live.ExpiresAt;
        }

        text.Family("postseal_policyd_policies", "gauge", "Unexpired policies kept, by mode.");
        foreach (var mode in Enum.GetValues<StsMode>())
            text.Sample("postseal_policyd_policies", $"mode=\"{mode.ToWire()}\"", modes[(int)mode]);

        text.Gauge(
            "postseal_policyd_policies_endangered",
            "Policies whose last fetch failed and that end within three days.",
            endangered
        );
        if (first is { } end)
            text.Gauge("postseal_policyd_next_expiry_days", "Days until the first policy ends.", (end - now).TotalDays);

        text.Family("postseal_policyd_policy_changes_total", "counter", "Changes of cached policies by cause.");
        foreach (var cause in Enum.GetValues<ChangeCause>())
            text.Sample("postseal_policyd_policy_changes_total", $"cause=\"{cause.ToWire()}\"", notices.Changes(cause));

        text.Counter("postseal_policyd_downgrades_total", "Enforced policies that became anything weaker.", notices.Downgrades);
        text.Counter(
            "postseal_policyd_refresh_warnings_total",
            "Warnings about policies that cannot be refreshed.",
            notices.RefreshWarnings
        );
        text.Counter(
            "postseal_policyd_store_failures_total",
            "Writes to the policy store that failed and are tried again.",
            store.Failures
        );
        text.Gauge("postseal_policyd_store_up", "1 while policies can be written to the store, else 0.", store.IsWell ? 1 : 0);
        text.Counter("postseal_policyd_store_trimmed_total", "Policies deleted because the store was full.", store.Trimmed);
        text.Family("postseal_policyd_memory_bytes", "gauge", "Memory taken of memory-budget, about.");
        text.Sample("postseal_policyd_memory_bytes", "of=\"policies\"", policies.Bytes);
        text.Sample("postseal_policyd_memory_bytes", "of=\"answers\"", table.Bytes);
        text.Gauge("postseal_policyd_store_bytes", "Size of the policy store on disk, its log included.", store.SizeBytes);
    }
}

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric.</summary>
    public void Family(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>One value.</summary>
    public void Sample(string name, string labels, double value) =>
        _text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {value}\n");

    /// <summary>A counter without labels.</summary>
    public void Counter(string name, string help, double value)
    {
        Family(name, "counter", help);
        Sample(name, "", value);
    }

    /// <summary>A gauge without labels.</summary>
    public void Gauge(string name, string help, double value)
    {
        Family(name, "gauge", help);
        Sample(name, "", value);
    }

    /// <summary>A histogram without labels, its buckets cumulated as the format wants them.</summary>
    public void Histogram(string name, string help, LatencyHistogram times)
    {
        Family(name, "histogram", help);
        var sum = 0L;
        var counts = times.Counts();
        for (var i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            var bound =
                i < LatencyHistogram.BoundedBuckets
                    ? times.UpperBound(i).TotalSeconds.ToString("0.000###", CultureInfo.InvariantCulture)
                    : "+Inf";
            Sample($"{name}_bucket", $"le=\"{bound}\"", sum);
        }

        Sample($"{name}_sum", "", times.Sum.TotalSeconds);
        Sample($"{name}_count", "", sum);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
