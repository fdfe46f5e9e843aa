// SPDX-License-Identifier: Apache-2.0
//
// Blocks for one line. The line's address is put in by whoever asks the vault for it, as long as the block stands and
// no longer; one that has no address is in force nowhere.
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

public sealed partial class MitigationController
{
    private const string NoAddress = "the line has no address now";
    private const string Stopped = "emergency stop: ";

    /// <summary>When everything was last stopped; null where it was not within the time that leases
    /// are remembered.</summary>
    public DateTimeOffset? StoppedAt => Leases.Where(l => l.Reason.StartsWith(Stopped, StringComparison.Ordinal))
        .Select(l => (DateTimeOffset?)l.StateAt).Max();

    /// <summary>Blocks of a case's line, those that are over too.</summary>
    public IReadOnlyList<Lease> ForLine(CaseId id) => [.. Leases.Where(l => l.Case == id && l.Target.IsForOneLine)];

    /// <summary>Puts the first of the prefixes that the line has now and a rule may name in place of the one it had;
    /// none: the block waits for one. What routers held for the old one goes.</summary>
    /// <returns>What speaks against each of them: then the block waits, too.</returns>
    /// <exception cref="MitigationJournalException">It could not be written; nothing stands any more.</exception>
    public async Task<MitigationRefusal?> PlaceAsync(LeaseId id, IReadOnlyList<Prefix> lines, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        if (Find(id) is not { Target.IsForOneLine: true } lease || LeaseStateMachine.IsOver(lease.State)
            || lease.State == LeaseState.Planned || !_options.Enforce)
        {
            return null;
        }

        var fits = lines.Where(line => CheckLine(lease.Target, line) is null)
            .Select(line => (Prefix?)line).FirstOrDefault();
        var against = fits is null && lines.Count > 0 ? CheckLine(lease.Target, lines[0]) : null;
        var target = fits is { } now ? lease.Target.ForLine(now) : lease.Target.WithoutLine();
        var why = against?.Why ?? (target.Line is null ? NoAddress : "");
        if (target == lease.Target && (target.Line is not null || lease.Reason == why))
        {
            return against;
        }

        await SaveAsync(
            [lease with { Target = target, State = LeaseState.Approved, StateAt = _time.GetUtcNow(), Reason = why }],
            cancel);
        Changed?.Invoke();
        return against;
    }

    /// <summary>Takes blocks back that a review or an appeal found not to be kept.</summary>
    /// <returns>How many were not over.</returns>
    public async Task<int> OverturnAsync(
        IReadOnlyCollection<LeaseId> ids, string why, string actor, string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var ended = await EndAsync(
            [.. ids.Select(Find).OfType<Lease>()], LeaseState.Withdrawn, why, actor, role, cancel,
            Weir.Hosting.Auditing.AuditActions.OverturnBlock);
        Changed?.Invoke();
        return ended;
    }

    private MitigationRefusal? CheckLine(MitigationTarget target, Prefix line) =>
        target.Remote is { } remote && remote.IsV4 != line.IsV4
            ? new(MitigationRefusal.NotOurLine, "the line has no address of the far end's family")
        : Guardrails.LineIsOurs(target.ForLine(line), _options) ?? Guardrails.Width(target.ForLine(line), _options);
}
