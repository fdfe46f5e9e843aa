// SPDX-License-Identifier: Apache-2.0
//
// What time does to case files: scopes end, what was put aside wakes, subjects are sealed and re-issued, checks
// conclude, and after close and thirty days all that could be read is erased. Ends are counted on the clock that does
// not jump, and go on from the instants on disk at a start, so that neither a clock that steps back nor a restart
// extends anything.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>A case that nobody touches and no event comes to closes itself after so long (rules.md R27).</summary>
    public static readonly TimeSpan LongestUntouched = TimeSpan.FromDays(14);

    private bool _vaultDown;

    /// <summary>The vault did not answer when it was last asked.</summary>
    public bool IsVaultDown => Volatile.Read(ref _vaultDown);

    /// <summary>One round; to be called every few seconds.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await AuditRefusedAsync(cancel);
        await EndScopesAsync(cancel);
        await ActAsync(EndHeld, cancel);
        await SettleAsync(cancel);
        await EndWithdrawnAsync(cancel);
        await ActAsync(Wake, cancel);
        await ActAsync(CloseUntouched, cancel);
        await EraseDueAsync(cancel);
        await ConcludeChecksAsync(cancel);
        await SealAsync(cancel);
        await ReissueAsync(cancel);
    }

    /// <summary>Scopes whose time is over. What an act could not end is looked at again.</summary>
    private async Task EndScopesAsync(CancellationToken cancel)
    {
        var due = _ends.TakeDue(Settled);
        try
        {
            await ActAsync(
                draft =>
                {
                    foreach (var scope in Scopes().Where(scope => _ends.IsOver(scope, Settled)))
                    {
                        CaseEventPlanner.End(draft, draft.Get(scope.Scope.Case)!, scope, "no fresh evidence");
                    }
                },
                cancel);
        }
        finally
        {
            _ends.PutBack(Scopes());
        }

        List<CaseScope> Scopes() => [.. due.Distinct().Select(_book.Scope).OfType<CaseScope>()];
    }

    private DateTimeOffset Settled => _parts.Erasing?.Settled ?? _parts.Time.GetUtcNow();

    private void CloseUntouched(CaseUnitOfWork draft)
    {
        var before = Settled - LongestUntouched;
        foreach (var file in Due(CaseDuty.Untouched, until: before.UtcTicks - 1))
        {
            var closed = file with
            {
                State = CaseState.Closed, Verdict = CaseClosureReason.Untouched, ClosedAt = draft.Now, SnoozedUntil = null,
            };
            draft.Entries.Add(EntryOf(
                Actor.Weir, AuditActions.CloseCase, closed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"close untouched: nothing happened to it since {file.LastAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")));
            draft.Put(closed);
            EndAll(draft, file.Id, "its case is closed");
        }
    }

    private void Wake(CaseUnitOfWork draft)
    {
        foreach (var file in Due(CaseDuty.Wake, until: draft.Now.UtcTicks))
        {
            var next = file with
            {
                State = file.Assignee.Length > 0 ? CaseState.Assigned : CaseState.Open,
                SnoozedUntil = null
            };
            draft.Audit(AuditActions.EditCase, AuditActions.Allow, next, null, "its time has come");
            draft.Put(next);
        }
    }

    /// <summary>A check that is over says whether it found contacts; the count is the only thing anybody learns. Where
    /// it found none and not all of its time was watched, or its time is so long ago that the store counts nothing of
    /// it any more, it says that it cannot be told.</summary>
    private async Task ConcludeChecksAsync(CancellationToken cancel)
    {
        var now = _parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var scope in Due(CaseDuty.Conclude, until: now).SelectMany(f => f.Scopes)
            .Where(s => s.State == ScopeState.Open && s.Scope.Purpose == Purpose.RemediationCheck && now >= s.UntilMs)
            .ToList())
        {
            if (await Engine.DecideAsync(
                Actor.Weir, new Request.CountFlows(Purpose.RemediationCheck, scope.Scope.Id), cancel)
                is not Decision.Allow { Filter: { } filter })
            {
                continue;
            }

            if (await ConcludeAsync(scope, filter, now, cancel) is not { } conclusion)
            {
                continue;
            }

            await ActAsync(
                draft =>
                {
                    var file = draft.Get(scope.Scope.Case)!;
                    draft.Audit(
                        AuditActions.EndRemediation, AuditActions.Allow, file, scope, "the check is over",
                        result: conclusion);
                    draft.Mark(file, scope with { State = ScopeState.Ended });
                },
                cancel);
        }
    }

    /// <summary>What a check that is over says; null while what exporters delivered is on its way.</summary>
    private async Task<string?> ConcludeAsync(CaseScope check, RowFilter filter, long now, CancellationToken cancel)
    {
        var (from, until) = (
            DateTimeOffset.FromUnixTimeMilliseconds(check.Scope.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(check.UntilMs));
        var file = Find(check.Scope.Case)!;
        var count = IsCounted(check) ? await CountAsync(filter, cancel) : 0;
        if (count > 0 || IsFresh(file, from))
        {
            return AuditActions.NotClean;
        }

        if (count is null)
        {
            return AuditActions.NotKnown;
        }

        var verdict = await _parts.Judge.JudgeAsync(new(file, check, from, until, until - from), cancel);
        return verdict.IsProven ? AuditActions.Clean
            : verdict.IsEarly && now < check.UntilMs + (long)ScopeEnds.Late.TotalMilliseconds ? null
            : AuditActions.NotKnown;
    }

    /// <summary>Null where the store counts nothing of the scope any more.</summary>
    private async Task<long?> CountAsync(RowFilter filter, CancellationToken cancel)
    {
        try
        {
            return await _parts.Evidence.CountAsync(filter, cancel);
        }
        catch (PeerRefusedException refused) when (refused.Code == StoreCodes.ScopeOver)
        {
            return null;
        }
    }

    /// <summary>Close and so many days: evidence, key, subject and comments go for good (R10). First the record, then
    /// the act; what fails is done at the next round.</summary>
    private async Task EraseDueAsync(CancellationToken cancel)
    {
        var before = (_parts.Erasing?.Now ?? _parts.Time.GetUtcNow()).AddDays(-_parts.Policy.EvidenceDaysAfterClose);
        foreach (var file in Due(CaseDuty.Erase, until: before.UtcTicks))
        {
            await EraseAsync(file, cancel);
        }
    }

    private async Task EraseAsync(CaseFile file, CancellationToken cancel)
    {
        var entry = EntryOf(Actor.Weir, AuditActions.EraseEvidence, file, "its time is over");
        foreach (var scope in file.Scopes)
        {
            await _parts.Audit.AppendAsync(
                entry with { Scope = scope.Scope.Id.ToString(), Purpose = Purposes.ToName(scope.Scope.Purpose) },
                cancel);
        }

        Orders.Apply([], [.. file.Scopes.Select(s => s.Scope.Id)]);
        await _parts.Evidence.EraseAsync([.. file.Scopes.Select(s => s.Scope.Id)], cancel);
        if (!await TryVaultAsync(() => _parts.Vault.DestroyAsync(file.Id, cancel)))
        {
            return;
        }

        await ActAsync(
            draft =>
            {
                var gone = draft.Get(file.Id)!;
                foreach (var scope in gone.Scopes)
                {
                    var ended = scope.State is ScopeState.Ended or ScopeState.Sealed
                        ? scope
                        : scope with { State = ScopeState.Ended };
                    gone = draft.Mark(gone, ended with { State = ScopeState.Erased, Envelopes = [] });
                }

                draft.Erase(gone with
                {
                    State = CaseState.Erased,
                    ErasedAt = draft.Now,
                    Subject = default,
                    Comments = [],
                    Reissues = [],
                    IsSealed = false
                });
                draft.Entries.Add(
                    EntryOf(Actor.Weir, AuditActions.KeyErased, file, "the key of the case") with { Subject = "" });
            },
            cancel);
    }

    /// <summary>Subjects of open cases go under the case's own key in the vault (R8).</summary>
    private async Task SealAsync(CancellationToken cancel)
    {
        foreach (var file in Due(CaseDuty.Seal))
        {
            var scope = file.Scopes.FirstOrDefault(s => s.State != ScopeState.Erased);
            if (scope is not null
                && !await TryVaultAsync(() => _parts.Vault.SealAsync(OrderOf(file, scope), cancel)))
            {
                return;
            }

            await ActAsync(draft => draft.Put(draft.Get(file.Id)! with { IsSealed = true }), cancel);
        }
    }

    /// <summary>In a new epoch the subjects of open scopes get its names, and only those (R8).</summary>
    private async Task ReissueAsync(CancellationToken cancel)
    {
        var epoch = Epochs.At(_parts.Time.GetUtcNow().ToUnixTimeMilliseconds());
        var due = Index.Due(CaseDuty.Reissue, until: epoch - 1L);
        if (due.Count == 0 || _parts.Policy.ShowsSubjects)
        {
            return;
        }

        Dictionary<CaseId, (SubjectKey Name, Envelope Grant)> names = [];
        if (!await TryVaultAsync(() => NamesAsync(due, epoch, names, cancel)))
        {
            return;
        }

        await ActAsync(
            draft =>
            {
                foreach (var (id, (name, grant)) in names)
                {
                    var file = draft.Get(id)!;
                    draft.Put(file with { Subject = name, Epoch = epoch, Reissues = file.Reissues.Add(grant) });
                    foreach (var scope in draft.Get(id)!.Scopes
                        .Where(s => s.State is ScopeState.Open or ScopeState.Sealed))
                    {
                        draft.Watched[scope.Scope.Id] = scope;
                    }
                }
            },
            cancel);
    }

    private async Task NamesAsync(
        List<CaseId> due, uint epoch, Dictionary<CaseId, (SubjectKey Name, Envelope Grant)> names,
        CancellationToken cancel)
    {
        // The vault re-issues for scopes it knows of: those that opened since the seal are told first.
        foreach (var file in due.Select(Find).OfType<CaseFile>())
        {
            foreach (var scope in file.Scopes.Where(s => s.State is ScopeState.Open or ScopeState.Sealed))
            {
                await _parts.Vault.SealAsync(OrderOf(file, scope), cancel);
            }
        }

        foreach (var (id, name) in await _parts.Vault.ReissueAsync(due, epoch, cancel))
        {
            var wanted = new Grant(
                GrantKind.Reissue, string.Create(CultureInfo.InvariantCulture, $"{id}-{epoch}"), name, epoch,
                null, 0, 0, id, Find(id)!.Subject);
            names[id] = (name, await _parts.Grants.GrantAsync(wanted, cancel));
        }
    }

    /// <summary>Asks the vault. What it refuses for good is told once and taken as done; that it is down is told,
    /// audited and tried again.</summary>
    private async Task<bool> TryVaultAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            if (_vaultDown)
            {
                Volatile.Write(ref _vaultDown, false);
                _parts.Log.VaultBack();
                await AuditVaultAsync(AuditActions.Allow, "");
            }

            return true;
        }
        catch (VaultRefusedException refused)
        {
            _parts.Log.VaultRefused(refused.Message);
            return true;
        }
        catch (VaultDownException down)
        {
            if (!_vaultDown)
            {
                Volatile.Write(ref _vaultDown, true);
                var waiting = Index.Count(CaseDuty.Seal);
                _parts.Log.VaultDown(down.Message, waiting);
                await AuditVaultAsync(DenyCodes.ToName(DenyCode.VaultDown), $"{Text(waiting)} cases wait to be sealed");
            }

            return false;
        }
    }

    private Task<AuditReceipt> AuditVaultAsync(string outcome, string reason) => _parts.Audit.AppendAsync(
        new AuditEntry
        {
            Actor = Actor.Weir.Name,
            Role = Actor.Weir.RoleWord,
            Act = AuditActions.VaultDown,
            Outcome = outcome,
            Reason = reason
        },
        CancellationToken.None);
}
