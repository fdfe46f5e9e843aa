// SPDX-License-Identifier: Apache-2.0
//
// The policy zone in a file that resolvers load. The file is what is held: it is read back, written beside its place,
// synced, and renamed over it; its serial grows only when something changed. A resolver that has another serial is told
// to read again, every round, until it has ours: only then have its records reached it.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>The resolvers as a backend.</summary>
/// <param name="options">The zone; its file is named.</param>
/// <param name="time">Our clock, for serials.</param>
/// <param name="resolvers">Who loads it; null for those of the options.</param>
public sealed class RpzBackend(RpzOptions options, TimeProvider time, IReadOnlyList<Resolver>? resolvers = null)
    : IMitigationBackend
{
    private readonly string _file =
        Path.GetFullPath(options.File ?? throw new ArgumentException("No file is named.", nameof(options)));

    private readonly IReadOnlyList<Resolver> _resolvers =
        resolvers ?? [.. options.Resolvers.Select(resolver => Resolver.Create(resolver, options))];

    /// <inheritdoc/>
    public string Name => "zone";

    /// <inheritdoc/>
    public string Address => options.Zone;

    /// <inheritdoc/>
    public string Entries => "records";

    /// <inheritdoc/>
    public string Peer => "resolver";

    /// <inheritdoc/>
    public LeaseReasonCode Unreached => LeaseReasonCode.NotEverywhere;

    /// <inheritdoc/>
    public IReadOnlyList<IPlannedBlock> Plan(IReadOnlyList<Lease> leases, DateTimeOffset now) =>
        PolicyZone.Plan(leases, options);

    /// <inheritdoc/>
    public async Task<HeldBlocks> ReadAsync(CancellationToken cancel) => new([.. (await LoadAsync(cancel)).Records]);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRefusal>> WithdrawAsync(
        IReadOnlyList<IHeldBlock> orphans, CancellationToken cancel)
    {
        var over = orphans.Select(orphan => orphan.Key).ToHashSet();
        var zone = await LoadAsync(cancel);
        await StoreAsync(zone.Serial, [.. zone.Records.Where(record => !over.Contains(record.Owner))], cancel);
        return [];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRefusal>> AnnounceAsync(
        IReadOnlyList<IPlannedBlock> missing, CancellationToken cancel)
    {
        var fresh = missing.Cast<ZoneRecord>().ToDictionary(record => record.Owner);
        var zone = await LoadAsync(cancel);
        await StoreAsync(
            zone.Serial, [.. zone.Records.Where(record => !fresh.ContainsKey(record.Owner)), .. fresh.Values], cancel);
        return [];
    }

    /// <inheritdoc/>
    public async Task<BlockReach> ReachAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel)
    {
        var serial = (await LoadAsync(cancel)).Serial;
        var peers = await Task.WhenAll(_resolvers.Select(resolver => AskAsync(resolver, serial, cancel)));
        var current = peers.Count(peer => peer.IsCurrent);
        return new(
            plan.ToDictionary(block => block.Key, _ => current), Math.Max(1, peers.Length), peers,
            FormattableString.Invariant($"serial {serial}"));
    }

    private async Task<BlockPeer> AskAsync(Resolver resolver, uint serial, CancellationToken cancel)
    {
        try
        {
            var has = await resolver.SerialAsync(options, cancel);
            if (has != serial)
            {
                await resolver.ReloadAsync(cancel);
                has = await resolver.SerialAsync(options, cancel);
            }

            return new(resolver.Name, has == serial, has == serial, FormattableString.Invariant($"serial {has}"));
        }
        catch (ResolverException fault)
        {
            return new(resolver.Name, IsSound: false, IsCurrent: false, fault.Message);
        }
    }

    /// <summary>What the file holds; one that is not there or is no zone of ours holds nothing.</summary>
    private async Task<(uint Serial, IReadOnlyList<ZoneRecord> Records)> LoadAsync(CancellationToken cancel)
    {
        try
        {
            var text = File.Exists(_file) ? await File.ReadAllTextAsync(_file, cancel) : "";
            return (PolicyZone.SerialOf(text), PolicyZone.Read(text, options));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(fault, "read from");
        }
    }

    private async Task StoreAsync(uint last, IReadOnlyList<ZoneRecord> records, CancellationToken cancel)
    {
        var text = PolicyZone.Write(records, PolicyZone.NextSerial(last, time.GetUtcNow()), options);
        var folder = Path.GetDirectoryName(_file)!;
        var beside = Path.Combine(folder, $".{Path.GetFileName(_file)}.{Environment.ProcessId}.part");
        try
        {
            try
            {
                await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
                {
                    await file.WriteAsync(Encoding.ASCII.GetBytes(text), cancel);
                    file.Flush(flushToDisk: true);
                }

                File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                File.Move(beside, _file, overwrite: true);
            }
            finally
            {
                File.Delete(beside);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(fault, "written to");
        }
    }

    private MitigationBackendException Unwritten(Exception fault, string way) =>
        new($"the zone {options.Zone} could not be {way} {_file}: {fault.Message}", fault);
}
