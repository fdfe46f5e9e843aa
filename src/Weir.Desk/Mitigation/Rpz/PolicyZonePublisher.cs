// SPDX-License-Identifier: Apache-2.0
//
// Beside the way: keeps the zone's file and the resolvers at what should stand. The file is written beside its place,
// synced, and renamed over it; its serial grows only when something changed. A resolver that has another serial is told
// to read again, every round, until it has ours: only then does a lease count as verified.
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>How one resolver stands.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Serial">The serial it has; 0 where it could not be asked.</param>
/// <param name="Fault">Why not; empty where it could.</param>
public sealed record ResolverStatus(string Name, uint Serial, string Fault);

/// <summary>How the zone stands; what the screen shows.</summary>
public sealed record ZoneStatus(
    uint Serial, int Leases, string Fault, IReadOnlyList<ResolverStatus> Resolvers, DateTimeOffset? RoundAt);

/// <summary>The keeper of one zone. The constructor is inert.</summary>
public sealed class PolicyZonePublisher(
    MitigationController desk, RpzOptions options, IReadOnlyList<Resolver> resolvers, TimeProvider time,
    ILogger<PolicyZonePublisher> log)
    : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _nudged = new(0, 1);
    private ZoneStatus _standing = new(0, 0, "not written yet", [], null);

    /// <summary>How the zone stands; safe to read from other threads.</summary>
    public ZoneStatus Status => Volatile.Read(ref _standing);

    /// <summary>Round after round until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        desk.Changed += Trigger;
        try
        {
            while (true)
            {
                var pause = await RoundAsync(cancel) ? Period : RetryPause;
                using var nudged = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                _ = await Task.WhenAny(Task.Delay(pause, time, nudged.Token), _nudged.WaitAsync(nudged.Token));
                await nudged.CancelAsync();
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            desk.Changed -= Trigger;
        }
    }

    /// <summary>One round.</summary>
    /// <returns>Whether the file and every resolver are as they should be.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancel)
    {
        var fault = "";
        List<Lease> leases = [];
        uint serial = 0;
        try
        {
            await desk.ExpireAsync(cancel);
        }
        catch (Exception wrong) when (wrong is AuditException or MitigationJournalException)
        {
            log.NotRecorded(wrong.Message);
        }

        try
        {
            leases = [.. desk.Active.Where(l => !l.Target.IsRoute)];
            serial = await WriteAsync(leases, cancel);
        }
        catch (Exception wrong)
            when (wrong is IOException or UnauthorizedAccessException or InvalidOperationException or AuditException)
        {
            fault = $"the zone {options.Zone} could not be written to {options.File}: {wrong.Message}";
        }

        var standings =
            serial == 0 ? [] : await Task.WhenAll(resolvers.Select(r => StandingOfAsync(r, serial, cancel)));
        var isEverywhere = serial != 0 && standings.All(s => s.Serial == serial);
        PublishStatus(new(serial, leases.Count, fault, standings, time.GetUtcNow()));
        try
        {
            await desk.SeenAsync(
                leases.ToDictionary(l => l.Id, l => StateOf(l, serial, standings, isEverywhere)), cancel);
        }
        catch (Exception wrong) when (wrong is MitigationJournalException or AuditException)
        {
            log.NotRecorded(wrong.Message);
            return false;
        }

        return fault.Length == 0 && isEverywhere;
    }

    public void Dispose() => _nudged.Dispose();

    private static LeaseStanding StateOf(Lease lease, uint serial, ResolverStatus[] standings, bool isEverywhere)
    {
        var confirmed = new Confirmation(
            serial == 0 ? 0 : standings.Count(resolver => resolver.Serial == serial), standings.Length);
        return serial == 0 ? new(
                lease.State == LeaseState.Verified ? LeaseState.Announced : lease.State, LeaseReasonCode.NotWritten,
                confirmed)
            : isEverywhere && standings.Length > 0 ? new(LeaseState.Verified, LeaseReasonCode.None, confirmed)
            : new(LeaseState.Announced, LeaseReasonCode.NotEverywhere, confirmed);
    }

    /// <summary>The file's serial, after it was written where something changed.</summary>
    private async Task<uint> WriteAsync(List<Lease> leases, CancellationToken cancel)
    {
        var there = File.Exists(options.File) ? await File.ReadAllTextAsync(options.File, cancel) : "";
        var last = PolicyZone.SerialOf(there);
        if (last != 0 && PolicyZone.Write(leases, last, options) == there)
        {
            return last;
        }

        var next = PolicyZone.NextSerial(last, time.GetUtcNow());
        var text = PolicyZone.Write(leases, next, options);
        var fresh = leases.Where(l => l.State == LeaseState.Approved).Select(l => l.Id).ToList();
        await desk.BeginAsync(fresh, options.Zone, cancel);
        WriteFile(text);
        return next;
    }

    private void WriteFile(string text)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(options.File))!;
        var beside = Path.Combine(folder, $".{Path.GetFileName(options.File)}.{Environment.ProcessId}.part");
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(Encoding.ASCII.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.Move(beside, options.File, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private async Task<ResolverStatus> StandingOfAsync(Resolver resolver, uint serial, CancellationToken cancel)
    {
        try
        {
            var has = await resolver.SerialAsync(options, cancel);
            if (has != serial)
            {
                await resolver.ReloadAsync(cancel);
                has = await resolver.SerialAsync(options, cancel);
            }

            return new(resolver.Name, has, has == serial ? "" : $"{resolver.Name} was told and has serial {has} still");
        }
        catch (ResolverException fault)
        {
            return new(resolver.Name, 0, fault.Message);
        }
    }

    private void PublishStatus(ZoneStatus next)
    {
        var last = Status;
        if (next.Fault.Length > 0 && next.Fault != last.Fault)
        {
            log.ZoneNotWritten(next.Fault);
        }

        foreach (var resolver in next.Resolvers.Where(r => r.Fault.Length > 0 && !last.Resolvers.Contains(r)))
        {
            log.ResolverDown(resolver.Fault);
        }

        if (next.Serial != last.Serial)
        {
            log.ZoneWritten(options.Zone, next.Serial, next.Leases);
        }

        Volatile.Write(ref _standing, next);
    }

    private void Trigger()
    {
        try
        {
            _ = _nudged.Release();
        }
        catch (SemaphoreFullException)
        {
            // a round is due already
        }
    }
}
