// SPDX-License-Identifier: Apache-2.0
//
// An exporter that fell silent is told of, by what collectors wrote down: whether it said nothing, or nobody listened.
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Health;
using Weir.Wire.Native;

namespace Weir.Desk.Remediation;

/// <summary>Looks each minute.</summary>
internal sealed class ExporterWatch(ICoverageSource store, RemediationOptions options, TimeProvider time)
{
    /// <summary>Rows of the last minute may still be on their way.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(2);

    /// <summary>Who was silent longer is no exporter of this network any more.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromHours(24);

    private const int Named = 8;

    private string _fault = "";

    /// <summary>Exporters that are silent now.</summary>
    public int Silent { get; private set; }

    public ComponentHealth Check() => Volatile.Read(ref _fault) is { Length: > 0 } fault
        ? ComponentHealth.Degraded(fault)
        : ComponentHealth.Ok;

    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        try
        {
            Judge(await store.ReadAsync(now - Reach, now, [], cancel), now);
        }
        catch (StoreException fault)
        {
            Volatile.Write(ref _fault, $"whether exporters are silent cannot be told: {fault.Message}");
        }
    }

    /// <summary>Judges what is known. An exporter whose last datagram is longer ago than a gap may be is silent; where
    /// nothing at all is known of the last minutes, no collector's rows arrive.</summary>
    internal void Judge(CoverageReply coverage, DateTimeOffset now)
    {
        List<string> faults = [];
        if (coverage.KnownUntil is { } known && now - known > options.LongestGap + OnTheWay)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"no collector has written what it heard since {known:u}: see whether collectors run and their spool drains"));
        }

        var silent = coverage.Exporters
            .Where(one => one.Heard > 0)
            .Select(one => (one.Exporter, Gap: one.Gaps.LastOrDefault(gap => gap.Until >= coverage.Until)))
            .Where(one => one.Gap is { } gap && gap.Until - gap.From > options.LongestGap)
            .ToList();
        Silent = silent.Count;
        faults.AddRange(silent.Take(Named).Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"exporter {one.Exporter} has delivered nothing since {one.Gap!.From:u}{(one.Gap.WasWatched ? "" : ", as far as any collector listened")}")));
        if (silent.Count > Named)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"and {silent.Count - Named} more; weir exporters shows all"));
        }

        Volatile.Write(ref _fault, string.Join("; ", faults));
    }
}
