// SPDX-License-Identifier: Apache-2.0
//
// What collectors said of themselves last, in memory: the desk has no way into one, so what is not said is not known.
using System.Collections.Concurrent;
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Hosting.Health;

namespace Weir.Desk.Collectors;

/// <summary>One collector's word, and when it came.</summary>
/// <param name="Peer">Who said it, as the kernel or the certificate tells.</param>
/// <param name="Status">What was said.</param>
/// <param name="HeardAt">When, by our clock.</param>
public sealed record HeardStatus(string Peer, CollectorStatus Status, DateTimeOffset HeardAt);

/// <summary>Statuses of collectors. Safe for any thread.</summary>
public sealed class CollectorStatuses(TimeProvider time)
{
    /// <summary>Collectors that are remembered at most.</summary>
    public const int Max = 64;

    /// <summary>Of these, of one peer: a user of this machine, or a certificate.</summary>
    public const int MaxOfPeer = 16;

    /// <summary>One that said nothing for so long makes room for another, where there is none else.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    /// <summary>A collector that said nothing for so long is told of.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string Peer, string Name), HeardStatus> _heard = [];
    private readonly ConcurrentDictionary<(string Peer, string Name), ExporterRates> _rates = [];

    /// <summary>By name.</summary>
    public IReadOnlyList<HeardStatus> All =>
        [.. _heard.Values.OrderBy(heard => heard.Status.Name, StringComparer.Ordinal)];

    /// <summary>Takes what one says.</summary>
    /// <returns>False where there are too many, of all or of this peer, to remember another.</returns>
    public bool TryHear(string peer, CollectorStatus status)
    {
        var key = (peer, status.Name);
        lock (_gate)
        {
            if (!_heard.ContainsKey(key) && !HasRoom(peer))
            {
                return false;
            }

            _rates.GetOrAdd(key, _ => new()).Hear(status);
            _heard[key] = new(peer, status, time.GetUtcNow());
            return true;
        }
    }

    /// <summary>Whether another of a peer may be remembered, if need be in place of the one that is silent for longest:
    /// of the peer where it has its share, else of all.</summary>
    private bool HasRoom(string peer)
    {
        var its = _heard.Where(one => one.Key.Peer == peer).ToList();
        if (its.Count < MaxOfPeer && _heard.Count < Max)
        {
            return true;
        }

        var silent = (its.Count < MaxOfPeer ? _heard : its.AsEnumerable()).MinBy(one => one.Value.HeardAt);
        if (AgeOf(silent.Value) < ForgottenAfter)
        {
            return false;
        }

        _ = _rates.TryRemove(silent.Key, out _);
        return _heard.TryRemove(silent.Key, out _);
    }

    /// <summary>Exporters of all collectors; one that several lanes of a collector hear stands once.</summary>
    public IReadOnlyList<HeardExporter> Exporters =>
    [
        .. from heard in All
           let rates = _rates.GetValueOrDefault((heard.Peer, heard.Status.Name))
           from same in heard.Status.Exporters.GroupBy(exporter => exporter.Exporter, StringComparer.Ordinal)
           let last = same.MaxBy(exporter => exporter.LastHeard)!
           select new HeardExporter(
               heard.Status.Name, same.Key, AgeOf(heard) + (heard.Status.At - (last.LastHeard ?? heard.Status.At)),
               AgeOf(heard) > SilentAfter ? null
                   : rates?.Of(same.Key), same.Sum(exporter => exporter.Missing), last.Sampling ?? 0),
    ];

    /// <summary>How long a collector has been silent.</summary>
    public TimeSpan AgeOf(HeardStatus heard) => time.GetUtcNow() - heard.HeardAt;

    /// <summary>Silent collectors, and intake that stands still.</summary>
    public ComponentHealth Check()
    {
        List<string> faults = [];
        foreach (var heard in All)
        {
            var age = AgeOf(heard);
            if (age > SilentAfter)
            {
                faults.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"collector {heard.Status.Name} has said nothing for {age.TotalSeconds:0} s"));
            }
            else if (heard.Status.Stopped.Count > 0)
            {
                faults.Add($"collector {heard.Status.Name} takes nothing: {string.Join("; ", heard.Status.Stopped)}");
            }
        }

        return faults.Count > 0 ? ComponentHealth.Degraded(string.Join("; ", faults)) : ComponentHealth.Ok;
    }
}
