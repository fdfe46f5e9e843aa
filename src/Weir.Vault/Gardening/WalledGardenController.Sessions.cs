// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Chain;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Gardening;

/// <content>Sessions that begin while their line stands in a garden.</content>
internal sealed partial class WalledGardenController
{
    /// <summary>How often what did not work is tried again.</summary>
    internal TimeSpan Pace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Cases whose sessions are to be looked at: all at the start, later those where
    /// something did not work.</summary>
    private readonly HashSet<CaseId> _owed = [];

    /// <summary>Puts new sessions where their lines stand, until cancelled. At the start it looks at what began
    /// while nobody ran.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var begun = _sessions.Watch(IsWanted);
        _owed.UnionWith(_standing.Keys);
        _log.Standing(_standing.Count);
        using var timer = new PeriodicTimer(Pace, _time);
        try
        {
            var (tick, more) = (timer.WaitForNextTickAsync(cancel).AsTask(), begun.MoreAsync(cancel));
            await CatchUpAsync(cancel);
            while (true)
            {
                if (await Task.WhenAny(more, tick) == tick)
                {
                    _ = await tick;
                    tick = timer.WaitForNextTickAsync(cancel).AsTask();
                    await CatchUpAsync(cancel);
                }
                else
                {
                    await more;
                    await HandleSessionsAsync(begun, cancel);
                    more = begun.MoreAsync(cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private bool IsWanted(SubscriberLineName line, IReadOnlyList<Prefix> networks)
    {
        foreach (var (_, owner) in _standing)
        {
            if (owner.Owns(line, networks))
            {
                return true;
            }
        }

        return false;
    }

    private async Task HandleSessionsAsync(StartedSessions begun, CancellationToken cancel)
    {
        if (begun.TakeMissed())
        {
            _owed.UnionWith(_standing.Keys);
        }

        while (begun.TryRead(out var session))
        {
            foreach (var id in _standing.Where(one => one.Value.Owns(session.Line, session.Networks))
                .Select(one => one.Key).ToList())
            {
                await TryReapplyAsync(id, [session], cancel);
            }
        }
    }

    private async Task CatchUpAsync(CancellationToken cancel)
    {
        foreach (var id in _owed.ToList())
        {
            _ = _owed.Remove(id);
            if (_standing.TryGetValue(id, out var owner))
            {
                await TryReapplyAsync(id, _sessions.OpenOf(owner), cancel);
            }
        }
    }

    /// <summary>What fails is told and tried again; it never ends the vault.</summary>
    private async Task TryReapplyAsync(CaseId id, IReadOnlyList<SubscriberSession> sessions, CancellationToken cancel)
    {
        try
        {
            if (!await ReapplyAsync(id, sessions, cancel))
            {
                _ = _owed.Add(id);
            }
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or InvalidDataException or AuditException)
        {
            _ = _owed.Add(id);
            _log.Troubled(id, failure.Message);
        }
    }

    /// <returns>Whether every session of them is in the garden.</returns>
    private async Task<bool> ReapplyAsync(
        CaseId id, IReadOnlyList<SubscriberSession> sessions, CancellationToken cancel)
    {
        var turn = _turns.GetOrAdd(id, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            var state = _book.GetState(id);
            var missing = sessions.Where(session => !state.Sessions.Contains(WalledGardenStore.Mark(session.Key)))
                .ToList();
            if (state.Garden == WalledGarden.None || missing.Count == 0 || _parts.Seals.Open(id) is not { } subject)
            {
                return true;
            }

            await _audit.AppendAsync(
                Asker.Itself.Entry(AuditActions.Garden, $"{state.Standing}: a new session of the line") with
                {
                    Case = id.ToString(),
                },
                cancel);
            var answers = await SendAsync(id, subject, missing, state.Garden, state.Exempt, cancel);
            var inside = _way.IsPerSession
                ? answers.Where(answer => answer.Answer.IsDone).Select(answer => answer.Session!)
                : answers[0].Answer.IsDone ? missing
                : [];
            List<string> marks = [.. inside.Select(session => WalledGardenStore.Mark(session.Key))];
            marks.ForEach(_ => Counts.Reapply());
            _book.Write(
                id, state with { Sessions = [.. state.Sessions.TakeLast(MaxSessions - marks.Count), .. marks] });
            var failed = answers.Where(answer => answer.Answer is { IsDone: false, IsGone: false })
                .Select(answer => answer.Answer.Reply).Distinct().ToList();
            if (failed.Count > 0)
            {
                _log.NotReapplied(id, string.Join("; ", failed));
            }

            return failed.Count == 0;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Marks kept for each case; older sessions have ended long ago.</summary>
    private const int MaxSessions = 64;
}
