// SPDX-License-Identifier: Apache-2.0
//
// Lines in gardens (rules.md R14): an order is checked, put on record and in the book, then carried out at every
// session the line has; only what the access system confirmed stands. A session that begins while its line stands in a
// garden is put there too, and before the key of a case goes its line is let out: nobody could do it afterwards.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
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

/// <summary>What gardens need.</summary>
/// <param name="Seals">Whose a case is.</param>
/// <param name="Lines">Where a line is now.</param>
/// <param name="Networks">The provider's networks.</param>
/// <param name="Protected">Lines that are never put into the strict garden.</param>
/// <param name="Sessions">Sessions of lines.</param>
internal sealed record GardenDependencies(
    CaseSealStore Seals, SubscriberLineNetworks Lines, NetworkTable Networks, IProtectedSubjects Protected,
    ISubscriberSessions Sessions);

/// <summary>The vault's work for gardens. Safe for any thread.</summary>
internal sealed partial class WalledGardenController : ICaseEnding
{
    private readonly GardenDependencies _parts;
    private readonly IAuditLog _audit;
    private readonly IEnforcementBackend _way;
    private readonly ISubscriberSessions _sessions;
    private readonly WalledGardenStore _book;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<CaseId, SessionOwner> _standing = [];
    private readonly ConcurrentDictionary<CaseId, SemaphoreSlim> _turns = [];

    /// <exception cref="InvalidDataException">What stands cannot be read.</exception>
    public WalledGardenController(
        GardenDependencies parts, IEnforcementBackend way, IAuditLog audit, WalledGardenCounts counts,
        TimeProvider time,
        ILogger<WalledGardenController> log)
    {
        (_parts, _way, _sessions, _audit, Counts, _time, _log, _book) =
            (parts, way, parts.Sessions, audit, counts, time, log, new WalledGardenStore(parts.Seals));
        foreach (var (id, _) in _book.Standing())
        {
            _standing[id] = OwnerOf(parts.Seals.Open(id)!);
        }
    }

    public WalledGardenCounts Counts { get; }

    /// <summary>How many lines stand in a garden.</summary>
    public int Standing => _standing.Count;

    /// <param name="order">What is to be done.</param>
    /// <param name="asker">Who asks, for the record.</param>
    /// <param name="cancel">Gives up; what was sent may be in force, and a repeat sends again.</param>
    /// <exception cref="VaultRefusedException">No scope, nobody who asks, no key of the case, or a
    /// protected line.</exception>
    public async Task<WalledGardenResult> ApplyAsync(WalledGardenOrder order, Asker asker, CancellationToken cancel)
    {
        Counts.CountRequest();
        var entry = asker.Entry(
            AuditActions.Garden,
            $"{WalledGardenNames.ToName(order.Garden)}: {order.Reason.Trim()} (by {order.By.Trim()})") with
        {
            Case = order.Case.ToString(),
            Scope = order.Scope.ToString(),
            PredicateDigest = WalledGardenStore.Digest(order),
            Approval = order.Approval,
            Result = WalledGardenNames.ToName(order.Garden),
        };
        var subject = _parts.Seals.Open(order.Case);
        if (Refusal(order, subject) is { } refusal)
        {
            Counts.Refuse();
            await _audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(refusal.Code) }, cancel);
            throw refusal;
        }

        var turn = _turns.GetOrAdd(order.Case, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            var before = _book.GetState(order.Case);
            var sessions = _sessions.OpenOf(OwnerOf(subject!));
            if (before.IsDone && before.Digest == entry.PredicateDigest
                && sessions.All(session => before.Sessions.Contains(WalledGardenStore.Mark(session.Key))))
            {
                Counts.Repeat();
                await _audit.AppendAsync(entry with { Reason = $"{entry.Reason}; done before" }, cancel);
                return before.Proof;
            }

            await _audit.AppendAsync(entry, cancel);
            var proof = await CarryOutAsync(order, subject!, sessions, before, entry.PredicateDigest, cancel);
            Counts.End(proof.IsDone);
            if (!proof.IsDone)
            {
                await _audit.AppendAsync(entry with
                {
                    Outcome = "failed",
                    Reason = $"{entry.Reason}; {proof.Way}, {proof.Reply}"
                }, cancel);
            }

            return proof;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Lets the line of a case out before its key goes.</summary>
    /// <exception cref="IOException">The access system does not confirm it: the key must stay
    /// until it does.</exception>
    public async Task ReleaseAsync(CaseId id, Asker asker, CancellationToken cancel)
    {
        if (_parts.Seals.Open(id) is not null && _book.GetState(id).MayRestrict)
        {
            var order = new WalledGardenOrder(
                id, default, WalledGarden.None, "weir", "the key of the case is destroyed");
            var proof = await ApplyAsync(order, asker, cancel);
            if (!proof.IsDone)
            {
                throw new IOException($"{id}: its line stands in a garden and could not be let out ({proof.Way}: "
                    + $"{proof.Reply}); its key is kept until it can, mend the access system or vault.garden");
            }
        }

        _ = _standing.TryRemove(id, out _);
    }

    private async Task<WalledGardenResult> CarryOutAsync(
        WalledGardenOrder order, SealedSubject subject, IReadOnlyList<SubscriberSession> sessions,
        WalledGardenState before, string digest, CancellationToken cancel)
    {
        var (id, word) = (order.Case, WalledGardenNames.ToName(order.Garden));

        // Who is to be let out is not put back in by a session that begins meanwhile.
        var standing = order.Garden == WalledGarden.None ? "none" : before.Standing;
        var asked = new WalledGardenState(
            word, digest, false, _way.Name, "sent, not answered yet", _time.GetUtcNow(), standing, before.Sessions,
            order.Garden == WalledGarden.None ? before.Exempt : order.Exempt);
        _book.Write(id, asked);
        var answers = await SendAsync(id, subject, sessions, order.Garden, order.Exempt, cancel);
        var (done, reply) = Judge(order.Garden, answers);
        var inside = answers.Where(answer => answer.Answer.IsDone)
            .Select(answer => answer.Session).OfType<SubscriberSession>().ToList();
        if (!done && order.Garden != WalledGarden.None && inside.Count > 0)
        {
            // Half a line in the garden is none: what was confirmed goes back to what stood.
            _ = await SendAsync(id, subject, inside, before.Garden, before.Exempt, cancel);
        }

        var there = _way.IsPerSession ? inside : sessions;
        var state = asked with
        {
            IsDone = done,
            Reply = reply,
            At = _time.GetUtcNow(),
            Standing = done ? word : standing,
            Sessions = done ? [.. there.Select(session => WalledGardenStore.Mark(session.Key))] : asked.Sessions
        };
        _book.Write(id, state);
        if (state.Garden == WalledGarden.None)
        {
            _ = _standing.TryRemove(id, out _);
        }
        else
        {
            _standing[id] = OwnerOf(subject);
        }

        if (done)
        {
            _log.Put(id, word, _way.Name, reply);
        }
        else
        {
            _log.NotPut(id, word, _way.Name, reply);
        }

        return state.Proof;
    }

    private async Task<IReadOnlyList<(SubscriberSession? Session, EnforcementResult Answer)>> SendAsync(
        CaseId id, SealedSubject subject, IReadOnlyList<SubscriberSession> sessions, WalledGarden garden,
        IReadOnlyList<string> exempt, CancellationToken cancel)
    {
        var networks = _parts.Lines.Find(subject, _time.GetUtcNow().ToUnixTimeMilliseconds()).Own;
        var line = new WalledGardenLine(
            id, subject.Line.Length > 0 ? subject.Line : OwnerOf(subject).Block.ToString(),
            [.. networks.Select(network => network.ToString())], exempt);
        return _way.IsPerSession
            ? await Task.WhenAll(sessions.Select(
                async session => ((SubscriberSession?)session, await _way.ApplyAsync(line, [session], garden, cancel))))
            : [(null, await _way.ApplyAsync(line, sessions, garden, cancel))];
    }

    /// <summary>Done is what somebody confirmed and nobody refused. A session that is gone restricts nobody; without
    /// any there is nothing to put in, and nothing to let out.</summary>
    private static (bool Done, string Reply) Judge(
        WalledGarden garden, IReadOnlyList<(SubscriberSession? Session, EnforcementResult Answer)> answers)
    {
        if (answers.Count == 0)
        {
            return (garden == WalledGarden.None, "no session");
        }

        var done = answers.All(answer => answer.Answer.IsDone || answer.Answer.IsGone)
            && (garden == WalledGarden.None || answers.Any(answer => answer.Answer.IsDone));
        return (done, string.Join("; ", answers.OrderBy(answer => answer.Answer.IsDone)
            .Select(answer => answer.Answer.Reply).Distinct()));
    }

    /// <summary>Letting out is refused to nobody but for want of the case.</summary>
    private VaultRefusedException? Refusal(WalledGardenOrder order, SealedSubject? subject) =>
        order.Garden != WalledGarden.None && order.Scope.Number == 0
            ? new(DenyCode.NoTrigger, "an order for a garden names the scope that allows it")
        : order.Garden != WalledGarden.None
            && (string.IsNullOrWhiteSpace(order.By) || string.IsNullOrWhiteSpace(order.Reason))
            ? new(DenyCode.ActionNotAllowed, "an order for a garden names who asks, and why")
        : subject is null ? new(
            DenyCode.Unknown,
            $"{order.Case} has no key here: it was never sealed, or it is closed and its key destroyed")
        : order.Garden == WalledGarden.Strict && _parts.Protected.IsProtected(subject)
            ? new(DenyCode.ActionNotAllowed, $"the line of {order.Case} is protected (a medical device or an alarm may "
                + "hang on it): it is never put into the strict garden; use the leaky one")
        : null;

    private SessionOwner OwnerOf(SealedSubject subject) => subject.Line.Length > 0
        ? new(new SubscriberLineName(subject.Line), default)
        : new(default, Prefix.From(
            subject.Subject, subject.Subject.IsV4 ? 128 : _parts.Networks.Find(subject.Subject)?.SubjectLength ?? 128));
}
