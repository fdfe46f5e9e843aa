// SPDX-License-Identifier: Apache-2.0
//
// The records of the other processes, as the desk may ask for them: how each stands, so that the officer is told of a
// fault there as of one here, and its lines, so that an auditor reads all of them by role at one place.
using System.Collections.Concurrent;
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Desk.Collectors;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Releases;

namespace Weir.Desk.Oversight;

/// <summary>Asks the other processes. Safe for any thread.</summary>
/// <param name="peers">Those that have a record and a door.</param>
/// <param name="audit">The desk's own record: what is read of another's stands in it first.</param>
/// <param name="time">The clock.</param>
/// <param name="collectors">Those that have a record and no door; null for none.</param>
internal sealed class OtherRecords(
    IReadOnlyList<PeerClient> peers, IAuditLog audit, TimeProvider time, CollectorRecords? collectors = null)
{
    private const string VaultName = "vault";

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (string Fault, DateTimeOffset Since)> _faults =
        new(StringComparer.Ordinal);

    private readonly RequestLedger _ofVault = new(audit, AuditActions.AskVault);
    private readonly RequestLedger _ofOthers = new(audit, AuditActions.AskStore);

    /// <summary>Whose records there are, beside the desk's.</summary>
    public IEnumerable<string> Names => peers.Select(one => one.Name).Concat(collectors?.Names ?? []);

    /// <summary>Records that are at fault, as their processes said last, and since when.</summary>
    public IEnumerable<(string Record, string Fault, DateTimeOffset Since)> Faults =>
        _faults.Select(one => (one.Key, one.Value.Fault, one.Value.Since)).Concat(collectors?.Faults ?? [])
            .OrderBy(one => one.Item1, StringComparer.Ordinal);

    /// <summary>Asks each how its record stands.</summary>
    public async Task AskAsync(CancellationToken cancel)
    {
        foreach (var peer in peers)
        {
            try
            {
                var standing = await peer.GetAsync(
                    RecordRoutes.Standing, RecordJson.Default.RecordStanding, cancel: cancel);
                Note(peer.Name, standing?.Fault ?? "");
            }
            catch (Exception away) when (away is PeerDownException or PeerRefusedException)
            {
                // Who is away is told of by the health of the desk; what it said of its record last stands.
            }
        }
    }

    /// <summary>Lines of a record.</summary>
    /// <param name="record">One of <see cref="Names"/>.</param>
    /// <param name="asked">Which, and for whom.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null where there is no such record.</returns>
    /// <exception cref="PeerDownException">The process does not answer.</exception>
    /// <exception cref="PeerRefusedException">It refuses.</exception>
    /// <exception cref="AuditException">It could not be recorded, and did not go.</exception>
    public async Task<IReadOnlyList<string>?> ReadAsync(string record, RecordAsk asked, CancellationToken cancel)
    {
        if (peers.FirstOrDefault(one => one.Name == record) is not { } peer)
        {
            return collectors?.Names.Contains(record) == true
                ? await collectors.ReadAsync(record, asked, cancel) : null;
        }

        var page = await (record == VaultName ? _ofVault : _ofOthers).AskAsync(
            new(RecordRoutes.Lines) { For = asked.For }, asked, RecordJson.Default.RecordAsk,
            number => PageAsync(peer, asked with { Number = number }, cancel),
            failure => failure is PeerRefusedException, cancel);
        return page?.Lines ?? [];
    }

    private static Task<RecordLines?> PageAsync(PeerClient peer, RecordAsk asked, CancellationToken cancel) =>
        peer.GetAsync(
            RecordRoutes.Lines, RecordJson.Default.RecordLines, new Dictionary<string, string>
            {
                ["number"] = asked.Number, ["part"] = asked.Part,
                ["after"] = asked.After.ToString(CultureInfo.InvariantCulture),
                ["most"] = asked.Most.ToString(CultureInfo.InvariantCulture), ["newest"] = asked.IsNewest ? "1" : "0",
                ["for"] = asked.For,
            },
            cancel: cancel);

    private void Note(string record, string fault)
    {
        if (fault.Length == 0)
        {
            _ = _faults.TryRemove(record, out _);
            return;
        }

        _ = _faults.AddOrUpdate(record, (fault, time.GetUtcNow()), (_, before) => (fault, before.Since));
    }
}
