// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases;

/// <summary>The start: everything as it was left. What a stop came between, event and scope, is
/// done now, once.</summary>
public sealed partial class CaseHandler
{
    /// <summary>How long an erased case is still known as such; later it is unknown.</summary>
    internal static readonly TimeSpan ErasedKnown = TimeSpan.FromDays(90);

    private async Task RestoreAsync(CancellationToken cancel)
    {
        var stored = await _parts.Records.LoadAsync(_parts.Time.GetUtcNow() - ErasedKnown, cancel);
        var marks = stored.Marks.ToDictionary(mark => mark.Scope);
        var grounds = stored.Grounds.ToDictionary(row => row.Scope, row => row.Envelopes);
        var all = stored.Scopes.Select(row =>
        {
            var envelopes = grounds.GetValueOrDefault(row.Id, []);
            return FileOf(row, marks[row.Id], envelopes, ScopeGrounds.DoubtOf(row.Class, envelopes));
        }).ToList();
        RestoreHeld(stored, all);
        var now = _parts.Time.GetUtcNow();
        var scopes = all.ToLookup(
            scope => scope.Scope.Case, scope => scope with
            {
                IsBraked = _held.IsBraked(scope, now),
            });
        var comments = stored.Comments.ToLookup(row => row.Case, row => row.Comment);
        foreach (var row in stored.Cases)
        {
            _book.Put(FileOf(row) with { Scopes = [.. scopes[row.Id]], Comments = [.. comments[row.Id]] });
        }

        RestoreWaiting(stored);
        foreach (var approval in stored.Approvals)
        {
            Remember(approval);
        }

        var again = new CaseUnitOfWork(_book, _parts.Time.GetUtcNow());
        foreach (var scope in _book.All
            .SelectMany(file => file.Scopes).Where(s => s.State is ScopeState.Open or ScopeState.Sealed))
        {
            again.Watched[scope.Scope.Id] = scope;
        }

        Publish(again);

        // Evidence was seen when it was written down, not at this start: a scope whose time ran out while nobody looked is
        // over. How long that was is asked for as long as the scope is open: a witness of the time may come after the start.
        foreach (var (id, scope) in again.Watched)
        {
            _ends.WasWritten(scope, marks[id].At);
        }

        if (stored.Unhandled.Count > 0)
        {
            await HandleAsync([.. stored.Unhandled], cancel);
        }

        var (cases, open) = (_book.Count, again.Watched.Count);
        _parts.Log.Restored(cases, open, stored.Unhandled.Count);
    }

    private static CaseFile FileOf(StoredCase row) => new()
    {
        Id = row.Id,
        Subject = row.Subject,
        Epoch = row.Epoch,
        State = row.State,
        OpenedAt = row.OpenedAt,
        Assignee = row.Assignee,
        SnoozedUntil = row.SnoozedUntil,
        ClosedAt = row.ClosedAt,
        ErasedAt = row.ErasedAt,
        Verdict = row.Verdict,
        IsSealed = row.IsSealed,
        TouchedAt = row.TouchedAt,
        Reissues = row.Reissues,
    };
}
