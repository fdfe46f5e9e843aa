// SPDX-License-Identifier: Apache-2.0
//
// A journal that was lost and can be had again: opened anew, read, and compared with what is in memory. Memory is what
// was written last, so it is written over what differs; what memory lacks, because the journal was lost at the start,
// comes from the file. An emergency stop that could not be written down is done before anything stands again.
using System.Collections.Immutable;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;

namespace Weir.Desk.Mitigation;

public sealed partial class MitigationController : IAlarmSource
{
    /// <summary>That the journal is lost, for as long as it is.</summary>
    public IReadOnlyList<Alarm> Alarms => Lost is { Length: > 0 } lost
        ? [new Alarm("journal-lost", "blocks", _lostAt, $"blocks: {lost}")]
        : [];

    /// <summary>Only in turn.</summary>
    /// <returns>Whether the journal is whole again.</returns>
    private async Task<bool> TryHealAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var before = _leases;
        try
        {
            await _journal.ReopenAsync(cancel);
            await _journal.ProbeAsync(cancel);
            var found = (await _journal.LoadAsync(now - Remembered, cancel)).ToDictionary(row => row.ToLease().Id);
            var all = found.Values.Select(row => AsItStands(row.ToLease())).ToImmutableDictionary(lease => lease.Id)
                .SetItems(before);
            all = all.SetItems(await StopAgainAsync(all.Values, now, cancel));
            List<LeaseRow> differing =
            [
                .. all.Values.Select(LeaseRow.From).Where(row =>
                    !found.TryGetValue(row.ToLease().Id, out var written) || written != row),
            ];
            if (differing.Count > 0)
            {
                await _journal.WriteAsync(differing, cancel);
            }

            Volatile.Write(ref _leases, all);
            Volatile.Write(ref _lost, "");
            _stopped = null;
            _log.JournalHealed(found.Count, differing.Count);
            Changed?.Invoke();
            return true;
        }
        catch (Exception fault) when (fault is MitigationJournalException or FormatException or AuditException)
        {
            _log.JournalStaysLost(fault.Message);
            return false;
        }
    }

    /// <summary>What an emergency stop ends that could not be recorded when it was ordered.</summary>
    private async Task<IReadOnlyList<KeyValuePair<LeaseId, Lease>>> StopAgainAsync(
        IEnumerable<Lease> leases, DateTimeOffset now, CancellationToken cancel)
    {
        if (_stopped is not { } why)
        {
            return [];
        }

        var end = new LeaseEnd(LeaseState.Withdrawn, new(LeaseReasonCode.EmergencyStop, why));
        var ending = leases.Where(lease => LeaseStateMachine.MayGo(lease.State, end.To)).ToList();
        _ = await AuditAsync(
            ending.Where(lease => lease.State != LeaseState.Planned).Select(lease => MitigationAuditEntries.EndOf(
                lease, now, end, MitigationLog.Machine, MitigationLog.MachineRole)),
            cancel);
        return
        [
            .. ending.Select(lease => KeyValuePair.Create(lease.Id, Ended(lease, end, now))),
        ];
    }

    private static Lease Ended(Lease lease, LeaseEnd end, DateTimeOffset now) => lease with
    {
        State = end.To, StateAt = now, Reason = end.Why, Target = lease.Target.WithoutLine(),
    };
}
