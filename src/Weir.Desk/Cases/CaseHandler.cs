// SPDX-License-Identifier: Apache-2.0
//
// The one place where scopes and approvals are made (rules.md R2, house convention C14). Events are kept, then wait in
// a bounded inbox whose senders wait when it is full; they are handled many at once: audited, then written in one
// transaction, then told to collectors. A worm's ten thousand scopes are a few such rounds.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;

namespace Weir.Desk.Cases;

/// <summary>What the desk works with.</summary>
public sealed record CaseHandlerDependencies
{
    public required ICaseRecords Records { get; init; }

    public required IAuditLog Audit { get; init; }

    /// <summary>Tells refusals together that repeat; each stands on record by itself unless given.</summary>
    internal RepeatedRefusals? Repeated { get; init; }

    /// <summary>Whose word counts: the keys of collectors and the store.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>Grounds of scopes that no event opens.</summary>
    public required IGrantSource Grants { get; init; }

    /// <summary>Takes the scopes in force.</summary>
    public required ScopeChangeLog Orders { get; init; }

    /// <summary>What collectors say of them.</summary>
    public required ScopeReportBook Reports { get; init; }

    public required IEvidence Evidence { get; init; }

    public required IVault Vault { get; init; }

    /// <summary>What two people sign; null where no vault keeps it.</summary>
    public IApprovalBook? Approvals { get; init; }

    /// <summary>Who may approve, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>Consents of customers; null where no vault can sign any.</summary>
    public IConsentGateway? Consents { get; init; }

    /// <summary>Says whether a silence means clean.</summary>
    public required IRemediationJudge Judge { get; init; }

    public required IFalsePositiveSink Allow { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The time by which closed cases are erased; null for the clock.</summary>
    public ErasureClock? Erasing { get; init; }

    public required ILogger<CaseHandler> Log { get; init; }

    /// <summary>How long after "fixed" flows of before may still come; a check counts from then
    /// on. Default none.</summary>
    public TimeSpan CheckSettles { get; init; }

    /// <summary>What the brake lets become cases; no brake unless given.</summary>
    public BrakeLimits Brake { get; init; } = BrakeLimits.None;

    /// <summary>Which edit of a list brought what; nothing is new unless given.</summary>
    public IListEdits Edits { get; init; } = NoListEdits.Instance;
}

/// <summary>Case files, their scopes, and what people do about them. Opened once; safe for many
/// callers at once.</summary>
public sealed partial class CaseHandler : IPrivacyOfficerNotifier, IDisposable
{
    private const int InboxEvents = 16_384;
    private const int EventsAtOnce = 4_096;

    private readonly CaseHandlerDependencies _parts;
    private readonly CaseRegistry _book = new();
    private readonly CaseEventPlanner _plan;
    private readonly PromotionProof _promotions;
    private readonly ScopeEnds _ends;
    private readonly Channel<JournaledEvent> _inbox = Channel.CreateBounded<JournaledEvent>(InboxEvents);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, (string Role, int Refusals, DateTimeOffset Since)> _toldOfficer =
        new(StringComparer.Ordinal);

    private CaseHandler(CaseHandlerDependencies parts)
    {
        _parts = parts;
        _held = new HeldNetworks(parts.Brake, parts.Edits);
        _plan = new CaseEventPlanner(parts.Policy, parts.Allow.IsAllowed, parts.Edits);
        _promotions = new PromotionProof(parts.People);
        _ends = new ScopeEnds(parts.Time);
        _refusedEvents = new RefusedEvents(parts.Time);
        Engine = new PolicyEngine(_book, parts.Audit, parts.Records, this, parts.Policy, parts.Time)
        {
            Repeated = parts.Repeated,
        };
    }

    /// <summary>Decides about every look; the scopes it knows are this desk's.</summary>
    public PolicyEngine Engine { get; }

    /// <summary>The scopes there are, without their flows.</summary>
    public IScopeRegistry Scopes => _book;

    /// <summary>All case files, as they stand.</summary>
    public IEnumerable<CaseFile> Files => _book.All;

    /// <summary>Cases by what lists, counts and rounds ask for.</summary>
    internal CaseIndex Index => _book.Index;

    /// <summary>Number of the latest step of any case file; each is greater than all before.</summary>
    public long LatestStep => _book.Step;

    /// <summary>Files that a step after this one made, as they stand.</summary>
    public IReadOnlyList<CaseFile> ChangedSince(long step) => Due(CaseDuty.Step, step + 1);

    /// <summary>Files that were opened after a moment and take events, the newest first.</summary>
    public IEnumerable<CaseFile> OpenedSince(DateTimeOffset moment) => Walk(new()
    {
        Having = [[CaseTrait.Of(CaseState.Open), CaseTrait.Of(CaseState.Assigned), CaseTrait.Of(CaseState.Snoozed)]],
        From = moment,
    }).Select(entry => entry.Case);

    /// <summary>Case files that are wanted, in their order, as they stand when they are reached.</summary>
    internal IEnumerable<CaseEntry> Walk(CasesWanted wanted) => _book.Walk(wanted);

    /// <summary>Files with a duty whose time is within, the earliest first.</summary>
    internal List<CaseFile> Due(CaseDuty duty, long from = long.MinValue, long until = long.MaxValue) =>
        [.. Index.Due(duty, from, until).Select(_book.Get).OfType<CaseFile>()];

    /// <summary>A case file; null where there is none.</summary>
    public CaseFile? Find(CaseId id) => _book.Get(id);

    /// <summary>Restores everything, takes up what was not finished and tells of the scopes in force.</summary>
    public static async Task<CaseHandler> OpenAsync(CaseHandlerDependencies parts, CancellationToken cancel)
    {
        var desk = new CaseHandler(parts);
        await desk.RestoreAsync(cancel);
        return desk;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Whom the officer was told of, and since when; the latest number of each.</summary>
    public IReadOnlyList<(string Actor, string Role, int Refusals, DateTimeOffset Since)> ToldOfficer =>
        [.. _toldOfficer.Select(one => (one.Key, one.Value.Role, one.Value.Refusals, one.Value.Since))];

    /// <summary>Events that were refused since the start.</summary>
    public long RefusedEventCount => _refusedEvents.Total;

    void IPrivacyOfficerNotifier.Notify(string actor, string role, int refusals)
    {
        var now = _parts.Time.GetUtcNow();
        _ = _toldOfficer.AddOrUpdate(
            actor, (role, refusals, now),
            (_, before) => (role, refusals, now - before.Since < TimeSpan.FromHours(24) ? before.Since : now));
        _parts.Log.OfficerTold(actor, role, refusals);
    }

    /// <summary>The only place where a scope comes to be, fresh or from the records.</summary>
    internal static CaseScope FileOf(
        StoredScope row, ScopeStateRecord mark, ImmutableArray<Envelope> envelopes, EvidenceDoubt doubt) => new()
    {
        Scope = new Scope
        {
            Id = row.Id,
            Case = row.Case,
            Subject = row.Subject,
            Class = new TrafficClass(row.Class),
            Purpose = row.Purpose,
            Fields = row.Fields,
            Actions = row.Actions,
            Trigger = row.Trigger,
            FromMs = row.FromMs,
            ExpiresMs = row.ExpiresMs,
        },
        State = mark.State,
        Epoch = row.Epoch,
        LastMs = mark.LastMs,
        UntilMs = mark.UntilMs,
        Event = row.Event,
        Facts = row.Facts,
        Envelopes = envelopes,
        Doubt = doubt,
        Origin = row.Origin,
        Renews = row.Renews,
        Edit = row.Edit,
    };

    /// <summary>Plans, audits, writes and puts in force, in this order; one at a time.</summary>
    private async Task ActAsync(Action<CaseUnitOfWork> plan, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var draft = new CaseUnitOfWork(_book, _parts.Time.GetUtcNow());
            try
            {
                plan(draft);
                Brake(draft);
                if (draft.IsEmpty)
                {
                    return;
                }

                await Task.WhenAll(draft.Entries.Select(entry => _parts.Audit.AppendAsync(entry, cancel)));
                await _parts.Records.CommitAsync(draft.Changes, cancel);
            }
            catch
            {
                PutBack(draft);
                throw;
            }

            foreach (var file in draft.Files)
            {
                _book.Put(file);
            }

            foreach (var approval in draft.Approvals)
            {
                Remember(approval);
            }

            Publish(draft);
        }
        finally
        {
            _turn.Release();
        }
    }
}
