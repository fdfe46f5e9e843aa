// SPDX-License-Identifier: Apache-2.0
//
// Has customers told, once for each case and step: decided by the policy engine, journaled, then given to the vault,
// which alone knows who it is. What cannot be delivered waits; several steps that wait for one case go out as one. A
// crash between the vault's delivery and the journal asks the vault again, and the vault answers that it was told
// before.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Notices;

/// <summary>What the desk works with.</summary>
public sealed record NoticeDispatcherDependencies
{
    public required CaseHandler Cases { get; init; }

    /// <summary>The way to the customer; null where no vault is configured, and then nobody is told.</summary>
    public required INoticeGateway? Pipe { get; init; }

    public required INoticeJournal Journal { get; init; }

    public required IAuditLog Audit { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required NoticeOptions Options { get; init; }

    /// <summary>Tells the provider's own people of a notice that ended untold, before that is kept; after a crash it
    /// may come again for the same row.</summary>
    public Func<NoticeRow, CancellationToken, Task> Untold { get; init; } = (_, _) => Task.CompletedTask;

    public required TimeProvider Time { get; init; }

    public required ILogger<NoticeDispatcher> Log { get; init; }
}

/// <summary>Notices of all cases. Opened once; safe for many callers at once.</summary>
public sealed partial class NoticeDispatcher : IDisposable
{
    private readonly NoticeDispatcherDependencies _parts;
    private readonly NoticeBook _book = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    private NoticeDispatcher(NoticeDispatcherDependencies parts) => _parts = parts;

    /// <summary>Every notice, the newest first.</summary>
    public IEnumerable<NoticeRow> All => _book.Walk();

    /// <summary>Notices as they stand.</summary>
    internal NoticeBook Book => _book;

    /// <summary>Takes up what a run before left.</summary>
    /// <exception cref="NoticeJournalException">The journal cannot be read.</exception>
    public static async Task<NoticeDispatcher> OpenAsync(NoticeDispatcherDependencies parts, CancellationToken cancel)
    {
        var desk = new NoticeDispatcher(parts);
        foreach (var row in await parts.Journal.LoadAsync(cancel))
        {
            desk._book.Put(row);
        }

        return desk;
    }

    /// <summary>What a customer reads of a step, with invented facts.</summary>
    /// <exception cref="VaultDownException">The vault, which alone has the texts, does not answer or is none.</exception>
    public Task<NoticeExample> PreviewAsync(NoticeStep step, string language, CancellationToken cancel) =>
        _parts.Pipe?.PreviewAsync(step, language, cancel) ?? throw new VaultDownException(
            "no vault is configured, so there are no texts of notices; run `weir vault` and set vault.socket");

    /// <summary>The notices of a case, in the order they were planned.</summary>
    public IReadOnlyList<NoticeRow> ForCase(CaseId id) => _book.ForCase(id);

    /// <summary>
    /// Has the customer of a case told of a step; it is on its way when this returns. Once for each case and step: the
    /// machine's repeats do nothing, a person's try again what did not reach the customer.
    /// </summary>
    /// <param name="actor">Who has it told: <see cref="Actor.Weir"/>, an analyst or an operator.</param>
    /// <param name="id">Whose.</param>
    /// <param name="scope">The scope that allows it and whose facts are told.</param>
    /// <param name="step">Which step.</param>
    /// <param name="done">What was done, as it really stands.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The refusal; null where it is planned, or was before.</returns>
    /// <exception cref="AuditException">It could not be audited: nothing is planned.</exception>
    /// <exception cref="NoticeJournalException">It could not be journaled: nothing is planned.</exception>
    public async Task<Decision.Deny?> PlanAsync(
        Actor actor, CaseId id, ScopeId scope, NoticeStep step, IReadOnlyList<ActionTaken> done,
        CancellationToken cancel)
    {
        if (actor.Role == Role.Machine && IsPlanned(_book.Find(id, step)))
        {
            return null;
        }

        await _turn.WaitAsync(cancel);
        try
        {
            // What did not reach the customer is tried again with what was said to be done then.
            var before = _book.Find(id, step);
            done = done.Count > 0 ? done : before?.Done ?? [];
            if (await RefusalAsync(actor, new(id, scope, step, done), before, cancel) is { } deny)
            {
                return deny;
            }

            if (IsPlanned(before) && (actor.Role == Role.Machine || before!.State == NoticeState.Waiting))
            {
                return null;
            }

            var now = _parts.Time.GetUtcNow();
            await SaveAsync([new NoticeRow
            {
                Case = id,
                Scope = scope,
                Step = step,
                State = NoticeState.Waiting,
                By = actor.Name,
                PlannedAt = now,
                DueAt = now,
                Done = [.. done]
            }], cancel);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Decision.Deny?> RefusalAsync(
        Actor actor, AskedNotice asked, NoticeRow? before, CancellationToken cancel)
    {
        var (id, scope, step, done) = asked;
        var standing = _parts.Cases.Scopes.Find(scope);
        var request = new Request.ActOnScope(
            standing?.Scope.Purpose ?? Purpose.NetworkIntegrity, scope, ScopeActions.Notify,
            standing?.Scope.Class.Predicate ?? new FlowPredicate());
        Task<Decision> RefuseAsync(DenyCode code, string why) =>
            _parts.Cases.Engine.RefuseAsync(actor, request, code, why, cancel);
        var decision =
            standing is not null && standing.Scope.Case != id
                ? await RefuseAsync(DenyCode.OutOfScope, $"{scope} is not a scope of {id}.")
            : _parts.Pipe is null ? await RefuseAsync(
                DenyCode.VaultDown,
                "No vault is configured, so nobody can be told; run `weir vault` and set vault.socket.")
            : IsOfRestriction(step) && done.Count == 0
                ? await RefuseAsync(DenyCode.ActionNotAllowed, $"{NoticeNames.ToName(step)} is told by who restricts "
                    + "or releases the line, with what was really done; a person has found, reminder or relapsed told.")
            : step == NoticeStep.Clean && actor.Role != Role.Machine && before is null
                ? await RefuseAsync(
                    DenyCode.ActionNotAllowed, "That nothing was seen any more is told by the check alone.")
            : actor.Role != Role.Machine && before is { State: NoticeState.Told, Proof: { } proof }
                ? await RefuseAsync(DenyCode.ActionNotAllowed, $"The customer of {id} was told of "
                    + $"{NoticeNames.ToName(step)} at {proof.At:u}; a notice goes once for each case and step.")
            : await _parts.Cases.Engine.DecideAsync(actor, request, cancel);
        return decision as Decision.Deny;
    }

    private sealed record AskedNotice(
        CaseId Case, ScopeId Scope, NoticeStep Step, IReadOnlyList<ActionTaken> Done);

    /// <summary>A restriction or its end that was over before it was told says nothing of the next one.</summary>
    private static bool IsPlanned(NoticeRow? row) =>
        row is not null && !(row.State == NoticeState.Dropped && IsOfRestriction(row.Step));

    private static bool IsOfRestriction(NoticeStep step) =>
        step is NoticeStep.EndpointBlocked or NoticeStep.LeakyGarden or NoticeStep.StrictGarden or NoticeStep.Released;

    /// <summary>Durable first, then known.</summary>
    private async Task SaveAsync(IReadOnlyCollection<NoticeRow> rows, CancellationToken cancel)
    {
        await _parts.Journal.WriteAsync(rows, cancel);
        foreach (var row in rows)
        {
            _book.Put(row);
        }
    }
}
