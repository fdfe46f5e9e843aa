// SPDX-License-Identifier: Apache-2.0
//
// An exporter that fell silent is told of, by what collectors wrote down: whether it said nothing, or nobody listened.
// So is a network from which nothing comes at all.
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Health;
using Weir.Wire.Native;

namespace Weir.Desk.Remediation;

/// <summary>Looks each minute.</summary>
internal sealed class ExporterWatch(ICoverageSource store, RemediationOptions options, TimeProvider time) : IAlarmSource
{
    public const string ExporterSilent = "exporter-silent";
    public const string NoData = "no-data";
    public const string NoCoverage = "no-coverage";

    /// <summary>Rows of the last minute may still be on their way.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(2);

    /// <summary>Who was silent longer is no exporter of this network any more.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromHours(24);

    private const int Named = 8;

    private readonly DateTimeOffset _begun = time.GetUtcNow();
    private string _fault = "";
    private Alarm[] _alarms = [];

    /// <inheritdoc/>
    public IReadOnlyList<Alarm> Alarms => Volatile.Read(ref _alarms);

    /// <summary>Exporters that are silent now.</summary>
    public int Silent => Alarms.Count(alarm => alarm.Kind == ExporterSilent);

    public ComponentHealth Check()
    {
        var alarms = Alarms;
        List<string> faults =
        [
            .. Volatile.Read(ref _fault) is { Length: > 0 } fault ? [fault] : (IEnumerable<string>)[],
            .. alarms.Take(Named).Select(alarm => alarm.Text),
        ];
        if (alarms.Count > Named)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"and {alarms.Count - Named} more; weir exporters shows all"));
        }

        return faults.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(string.Join("; ", faults));
    }

    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        try
        {
            Judge(await store.ReadAsync(now - Reach, now, [], cancel), now);
            Volatile.Write(ref _fault, "");
        }
        catch (StoreException) when (now - _begun < OnTheWay)
        {
            // Both are starting; a store that stays away is told of in the next round, and by its own health before.
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
        var patience = options.LongestGap + OnTheWay;
        List<Alarm> alarms = [];
        if (coverage.KnownUntil is { } known && now - known > patience)
        {
            alarms.Add(new(NoCoverage, "", known, string.Create(
                CultureInfo.InvariantCulture,
                $"no collector has written what it heard since {known:u}: see whether collectors run and their spool drains")));
        }
        else if (!coverage.Exporters.Any(one => one.Heard > 0) && now - _begun > patience)
        {
            alarms.Add(new(NoData, "", _begun, string.Create(
                CultureInfo.InvariantCulture,
                $"no exporter has delivered anything in a day, and none since this process began at {_begun:u}: see that routers export to an address of collecting.listen, and that no firewall is between")));
        }

        alarms.AddRange(coverage.Exporters
            .Where(one => one.Heard > 0)
            .Select(one => (one.Exporter, Gap: one.Gaps.LastOrDefault(gap => gap.Until >= coverage.Until)))
            .Where(one => one.Gap is { } gap && gap.Until - gap.From > options.LongestGap)
            .Select(one => new Alarm(ExporterSilent, one.Exporter, one.Gap!.From, string.Create(
                CultureInfo.InvariantCulture,
                $"exporter {one.Exporter} has delivered nothing since {one.Gap.From:u}{(one.Gap.WasWatched ? "" : ", as far as any collector listened")}"))));
        Volatile.Write(ref _alarms, [.. alarms]);
    }
}
