// SPDX-License-Identifier: Apache-2.0
//
// A round: new cases are planned, then what is due goes to the vault, oldest first, so many a minute.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Notices;

public sealed partial class NoticeDispatcher
{
    /// <summary>New cases planned in one round; each is two writes to disk.</summary>
    private const int PlannedAtOnce = 200;

    private readonly Queue<DateTimeOffset> _minute = [];
    private readonly HashSet<CaseId> _refusedOnce = [];
    private DateTimeOffset _restUntil;
    private int _silences;
    private long _attempted;
    private string _fault = "";

    /// <summary>Deliveries asked of the vault since the start.</summary>
    public long Attempted => Interlocked.Read(ref _attempted);

    /// <summary>Why the vault does not take notices now; empty while it does.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>How long the notice that waits longest has waited.</summary>
    public TimeSpan OldestWaiting => _book.Walk(NoticeState.Waiting)
        .Select(row => _parts.Time.GetUtcNow() - row.PlannedAt).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>One round, to be called every few seconds, by one caller.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await PlanNewAsync(cancel);
        await SendDueAsync(cancel);
    }

    /// <summary>R14: the first step is told without a person, where the policy says so.</summary>
    private async Task PlanNewAsync(CancellationToken cancel)
    {
        if (_parts.Pipe is null || (_parts.Policy.Automatic & AutomaticActions.Notify) == 0)
        {
            return;
        }

        var now = _parts.Time.GetUtcNow();
        var due = _parts.Cases.OpenedSince(now - NoticeOptions.NewFor)
            .Where(file => !_refusedOnce.Contains(file.Id) && IsFoundDue(file, now) == true);
        foreach (var file in due.OrderBy(file => file.OpenedAt).Take(PlannedAtOnce).ToList())
        {
            if (await PlanAsync(
                Actor.Weir, file.Id, file.Scopes.Where(IsTellable).MinBy(scope => scope.Scope.FromMs)!.Scope.Id,
                NoticeStep.Found, [], cancel) is not null)
            {
                _ = _refusedOnce.Add(file.Id);
            }
        }
    }

    /// <summary>Whether a case may be told of by itself for the first time: its delay is over and its evidence spans
    /// enough. Null while that may still come; false where it never will, or was.</summary>
    public bool? IsFoundDue(CaseId id) =>
        _parts.Cases.Find(id) is { } file ? IsFoundDue(file, _parts.Time.GetUtcNow()) : false;

    private bool? IsFoundDue(CaseFile file, DateTimeOffset now)
    {
        if (!file.TakesEvents || now - file.OpenedAt > NoticeOptions.NewFor
            || _book.Find(file.Id, NoticeStep.Found) is not null)
        {
            return false;
        }

        var tellable = file.Scopes.Where(IsTellable).ToList();
        return tellable.Count > 0 && now - file.OpenedAt >= _parts.Options.Delay
            && EvidenceSpan.Create(tellable, _parts.Policy.ScopeBeforeMinutes) >= _parts.Options.MinDuration
                ? true : null;
    }

    private async Task SendDueAsync(CancellationToken cancel)
    {
        var now = _parts.Time.GetUtcNow();
        if (_parts.Pipe is null || (now < _restUntil && _restUntil - now <= _parts.Options.LongestWait))
        {
            return;
        }

        // A clock that jumped back must not keep a notice longer than the longest wait.
        var due = _book.Walk(NoticeState.Waiting).GroupBy(row => row.Case)
            .Where(rows => rows.Any(row => row.DueAt <= now || row.DueAt - now > _parts.Options.LongestWait))
            .OrderBy(rows => rows.Min(row => row.PlannedAt)).Select(rows => rows.Key).ToList();
        foreach (var id in due)
        {
            if (!HasRoom() || !await SendAsync(id, cancel))
            {
                return;
            }
        }
    }

    private bool HasRoom()
    {
        var now = _parts.Time.GetUtcNow();
        while (_minute.TryPeek(out var first) && (now - first >= TimeSpan.FromMinutes(1) || first > now))
        {
            _ = _minute.Dequeue();
        }

        return _minute.Count < _parts.Options.MaxPerMinute;
    }

    /// <summary>Gives what waits for a case to the vault as one notice; false where the vault
    /// does not answer.</summary>
    private async Task<bool> SendAsync(CaseId id, CancellationToken cancel)
    {
        var waiting = ForCase(id).Where(row => row.State == NoticeState.Waiting).ToList();
        if (waiting.Count == 0)
        {
            return true;
        }

        var told = await MergeAsync(id, waiting, cancel);
        if (told.Count == 0)
        {
            return true;
        }

        var latest = told[^1];
        if (_parts.Cases.Find(id) is not { IsSealed: true } file
            || file.Scopes.FirstOrDefault(s => s.Scope.Id == latest.Scope) is not { } scope)
        {
            return true;
        }

        var now = _parts.Time.GetUtcNow();
        _minute.Enqueue(now);
        _ = Interlocked.Increment(ref _attempted);
        try
        {
            var proof = await _parts.Pipe!.DeliverAsync(
                new Notice(id, latest.Scope, latest.Step, Done(told, now)), cancel);
            Answers();
            await EndAsync(told, latest, proof, scope, cancel);
            return true;
        }
        catch (Exception refused) when (refused is VaultRefusedException or ArgumentException)
        {
            Answers();
            await EndAsync(
                told, latest, new NoticeReceipt(NoticeOutcome.Refused, "", refused.Message, "", "", now),
                scope, cancel);
            return true;
        }
        catch (VaultDownException down)
        {
            Silent(down.Message);
            return false;
        }
    }

    /// <summary>What there is nothing to tell of any more ends here; the rest is told together, the latest step
    /// speaking for all.</summary>
    private async Task<List<NoticeRow>> MergeAsync(CaseId id, List<NoticeRow> waiting, CancellationToken cancel)
    {
        var now = _parts.Time.GetUtcNow();
        var file = _parts.Cases.Find(id);
        var gone = file is null || file.State == CaseState.Erased;
        var mistaken = file is { State: CaseState.Closed, Verdict: CaseClosureReason.FalsePositive };
        List<NoticeRow> over = [], left = [];
        foreach (var row in waiting)
        {
            var why = gone ? "the case is erased"
                : mistaken && row.Step is (NoticeStep.Found or NoticeStep.Reminder or NoticeStep.Relapsed)
                    ? "the case was closed as a false alarm"
                : "";
            why = why.Length == 0 && row.Step == NoticeStep.EndpointBlocked && row.Done.All(done => IsOver(done, now))
                ? "the block is over"
                : why;
            why = why.Length == 0 && row.Step == NoticeStep.Released && !HasToldRestriction(id, left)
                ? "no restriction was told"
                : why;
            var late = now - row.PlannedAt > _parts.Options.GiveUp;
            if (why.Length > 0 || late)
            {
                over.Add(row with
                {
                    State = why.Length > 0 ? NoticeState.Dropped : NoticeState.GivenUp,
                    Fault = why.Length > 0 ? why : $"it waited too long; last: {row.Fault}"
                });
            }
            else
            {
                left.Add(row);
            }
        }

        if (over.Count > 0)
        {
            foreach (var row in over.Where(row => row.State == NoticeState.GivenUp))
            {
                await _parts.Untold(row, cancel);
            }

            await SaveAsync(over, cancel);
            over.ForEach(row => _parts.Log.Untold(row.Case.ToString(), NoticeNames.ToName(row.Step), row.Fault));
        }

        return left;
    }

    /// <summary>Whether the customer knows of a restriction that may have ended, or is told of it now.</summary>
    private bool HasToldRestriction(CaseId id, List<NoticeRow> left) =>
        ForCase(id).Where(row => row.State == NoticeState.Told).Concat(left)
            .Any(row => row.Step != NoticeStep.Released && IsOfRestriction(row.Step));

    /// <summary>The latest step knows how things stand; a step without words of its own repeats what still holds. What
    /// ended while a notice waited is not told as if it held.</summary>
    private static List<ActionTaken> Done(List<NoticeRow> told, DateTimeOffset now)
    {
        var latest = told[^1];
        var actions = latest.Done.Count > 0 || latest.Step is NoticeStep.Released or NoticeStep.Clean
            ? latest.Done
            : told.SelectMany(row => row.Done).Distinct();
        return [.. actions.Where(done => !IsOver(done, now))];
    }

    private static bool IsOver(ActionTaken done, DateTimeOffset now) => done.Ends && done.At <= now;

    private async Task EndAsync(
        List<NoticeRow> told, NoticeRow latest, NoticeReceipt proof, CaseScope scope, CancellationToken cancel)
    {
        var (name, step) = (latest.Case.ToString(), NoticeNames.ToName(latest.Step));
        if (proof.Outcome == NoticeOutcome.Later)
        {
            var attempts = told.Max(row => row.Attempts) + 1;
            var at = _parts.Time.GetUtcNow() + Wait(attempts);
            await SaveAsync(
                [.. told.Select(row => row with { Attempts = attempts, DueAt = at, Fault = proof.Reply })], cancel);
            _parts.Log.Waits(name, step, at, proof.Reply);
            return;
        }

        var state = proof.Outcome switch
        {
            NoticeOutcome.Delivered or NoticeOutcome.Before => NoticeState.Told,
            NoticeOutcome.NoContact => NoticeState.NoContact,
            _ => NoticeState.Refused,
        };
        if (state == NoticeState.Told)
        {
            await _parts.Audit.AppendAsync(ToldEntry(latest, proof, scope), cancel);
        }
        else
        {
            await _parts.Untold(latest with { State = state, Proof = proof, Fault = proof.Reply }, cancel);
        }

        await SaveAsync([.. told.Select(row => row with
        {
            State = state,
            Proof = proof,
            ToldWith = row.Step == latest.Step ? null : latest.Step,
            Fault = state == NoticeState.Told ? "" : proof.Reply,
        })], cancel);
        if (state == NoticeState.Told)
        {
            _parts.Log.Told(name, step, proof.Channel);
        }
        else
        {
            _parts.Log.Untold(name, step, proof.Reply);
        }
    }

    private static AuditEntry ToldEntry(NoticeRow latest, NoticeReceipt proof, CaseScope scope) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = AuditActions.Notified,
        Outcome = AuditActions.Allow,
        Purpose = Purposes.ToName(scope.Scope.Purpose),
        Case = latest.Case.ToString(),
        Scope = latest.Scope.ToString(),
        Subject = scope.Scope.Subject.ToString(),
        Rule = scope.Scope.Trigger,
        ResultDigest = proof.Digest,
        Reason = $"{NoticeNames.ToName(latest.Step)} by {proof.Channel}",
    };

    private void Silent(string why)
    {
        if (_silences == 0)
        {
            _parts.Log.VaultDown(_book.Count(NoticeState.Waiting), why);
        }

        _silences++;
        _restUntil = _parts.Time.GetUtcNow() + Wait(_silences) / 6;
        Volatile.Write(ref _fault, why);
    }

    private void Answers()
    {
        if (_silences > 0)
        {
            _parts.Log.VaultBack();
        }

        _silences = 0;
        Volatile.Write(ref _fault, "");
    }

    private TimeSpan Wait(int attempts) => TimeSpan.FromTicks(
        Math.Min(_parts.Options.LongestWait.Ticks, _parts.Options.FirstWait.Ticks << Math.Min(attempts - 1, 10)));

    private static bool IsTellable(CaseScope scope) =>
        scope.MayAct && (scope.Scope.Actions & ScopeActions.Notify) != 0;
}
