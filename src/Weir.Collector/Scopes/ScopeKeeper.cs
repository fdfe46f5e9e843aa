// SPDX-License-Identifier: Apache-2.0
//
// What the shards record as evidence: scopes that the desk orders and that follow from their grounds, and at once, so
// that nothing waits for the desk, what this collector's own events give. What an own event comes to is judged as the
// desk will judge it, and a scope has the number that its grounds give: so what is recorded while the desk is away is
// found under the scope that the desk orders later. Without an order it is recorded until the time for that is over.
using Weir.Collector.Events;
using Weir.Collector.Owning;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Erasing;
using Weir.Wire;

namespace Weir.Collector.Scopes;

/// <summary>Puts scopes in force and ends them, one change after the other.</summary>
internal sealed class ScopeKeeper(
    OrderChecks checks, IScopeWriter shards, ScopeRecord record, ScopeReporter reporter, ScopesOptions options,
    ErasureClock clock, ForwardQueues? forwarding = null)
    : IDisposable
{
    /// <summary>A scope whose end is so long past, and that nothing was said of for as long, gets no flows any more,
    /// whatever becomes of the desk. Its end alone is no sign: a replay's flows, and those of an exporter whose clock
    /// is hours behind, come after it.</summary>
    private static readonly TimeSpan Over = TimeSpan.FromHours(1);

    /// <summary>What is lost together on its way to its owner began within so long.</summary>
    private const long LossSpanMs = 600_000;

    private readonly SemaphoreSlim _one = new(1);
    private readonly EventScopes _events = new(checks.Limits);
    private readonly HeldScopes _held = new();
    private readonly Dictionary<string, ScopeOrderFields> _waiting = [];
    private long _lossToldMs = long.MinValue;

    /// <summary>Scopes that the desk ordered.</summary>
    public int Ordered => _held.Count - _held.Provisional;

    /// <summary>Scopes recorded without an order.</summary>
    public int Provisional => _held.Provisional;

    /// <summary>Takes what the desk says.</summary>
    public async Task ApplyAsync(ScopeChanges changes, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var ended = changes.Ended.Select(text => ScopeId.TryParse(text, out var id) ? id : (ScopeId?)null)
                .OfType<ScopeId>().ToHashSet();
            if (changes.Whole)
            {
                var ordered = changes.Orders.Select(order => order.Id).ToHashSet(StringComparer.Ordinal);
                ended.UnionWith(_held.All
                    .Where(held => !held.IsProvisional && !ordered.Contains(held.Order.Id.ToString()))
                    .Select(held => held.Order.Id));
                _waiting.Clear();
            }

            foreach (var text in changes.Ended)
            {
                _waiting.Remove(text);
            }

            await OrderAsync(changes.Orders, isRetry: false, cancel);
            await EndAsync(ended, cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Lines of cases under a check after a clean-up, as the shards know them.</summary>
    public async Task<IReadOnlyList<(CaseId Case, IpKey Line)>> CheckedLinesAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            return
            [
                .. _held.All
                    .Where(held => !held.IsProvisional && held.Order.Purpose == Purpose.RemediationCheck)
                    .Select(held => (held.Order.Case, held.Watch.Subject)),
            ];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Records because of own events.</summary>
    public async Task RecordAsync(IReadOnlyList<OwnEvent> events, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var next = new Dictionary<ScopeId, HeldScope>();
            foreach (var own in events)
            {
                Follow(own, next);
            }

            if (next.Count > 0)
            {
                await shards.WatchAsync([.. next.Values.Select(held => held.Watch)], cancel).WaitAsync(cancel);
                record.Counts.AddProvisional(
                    next.Values.Count(held => held.IsProvisional && _held.Find(held.Order.Id) is null));
                foreach (var held in next.Values)
                {
                    _held.Put(held);
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Tries again what could not be put in force, and ends what is over by itself.</summary>
    public async Task TickAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await OrderAsync([.. _waiting.Values], isRetry: true, cancel);
            ReportLosses();
            var now = clock.Latest;
            var past = (now - Over).ToUnixTimeMilliseconds();
            await EndAsync([.. _held.All
                .Where(held => held.IsProvisional ? now - held.FedAt > options.ProvisionalFor
                    : held.Order.UntilMs < past && now - held.FedAt > Over)
                .Select(held => held.Order.Id)], cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task OrderAsync(
        IReadOnlyCollection<ScopeOrderFields> orders, bool isRetry, CancellationToken cancel)
    {
        var (accepted, refused) = (new List<HeldScope>(), new List<(ScopeOrderFields Order, string Code)>());
        var now = clock.Latest;
        foreach (var fields in orders)
        {
            var order = fields.ToOrder();
            var held = order is null ? null : _held.Find(order.Id);
            var verdict = checks.Check(order, held?.Watch);
            if (verdict.IsAccepted)
            {
                accepted.Add(new HeldScope(
                    order!, verdict.Watch!, EventScope.From(order!, checks.Limits), IsProvisional: false, now,
                    verdict.Doubt));
            }
            else
            {
                refused.Add((fields, verdict.Code));
            }
        }

        var recorded = await record.OpenAsync([.. accepted.Where(IsNew)], cancel);
        refused.AddRange(orders.Where(fields => recorded.Contains(fields.Id))
            .Select(fields => (fields, ScopeFaults.AuditDown)));
        accepted.RemoveAll(held => recorded.Contains(held.Order.Id.ToString()));
        if (!isRetry)
        {
            await RefuseAsync(refused, cancel);
        }

        await PutAsync(accepted, cancel);
    }

    /// <summary>A check whose class names no address, of mail or a scan, records nothing: a clean line sends mail too.
    /// It says whose activity is asked for.</summary>
    private static bool IsRecorded(HeldScope held) =>
        held.Order.Purpose != Purpose.RemediationCheck || !held.Order.Class.Remotes.IsEmpty;

    private bool IsNew(HeldScope next) => _held.Find(next.Order.Id) is not { IsProvisional: false };

    private async Task PutAsync(List<HeldScope> accepted, CancellationToken cancel)
    {
        if (accepted.Count == 0)
        {
            return;
        }

        var reach = await shards.WatchAsync([.. accepted.Where(IsRecorded).Select(held => held.Watch)], cancel)
            .WaitAsync(cancel);
        foreach (var held in accepted)
        {
            _waiting.Remove(held.Order.Id.ToString());
            _held.Put(_held.Find(held.Order.Id) is { } before && before.Order.UntilMs >= held.Order.UntilMs
                ? held with { Order = held.Order with { UntilMs = before.Order.UntilMs }, Events = before.Events }
                : held);
        }

        await EndAsync([.. accepted.SelectMany(held => OwnNumbers(held.Order))
            .Where(id => _held.Find(id) is { IsProvisional: true })], cancel);
        reporter.Add(accepted.Select(held =>
            new ScopeReport(
                held.Order.Id.ToString(),
                Math.Max(reach.GetValueOrDefault(held.Order.Id, held.Order.FromMs), LostBeforeMs(held)), null)));
    }

    /// <summary>Says of the scopes in force from when on they are whole, where flows were lost on their way to the
    /// collectors that own their networks.</summary>
    private void ReportLosses()
    {
        var latest = (forwarding?.Others ?? []).Select(queue => queue.LostBeforeMs).DefaultIfEmpty(long.MinValue).Max();
        if (latest == _lossToldMs)
        {
            return;
        }

        _lossToldMs = latest;
        reporter.Add(_held.All.Where(held => !held.IsProvisional && LostBeforeMs(held) > held.Order.FromMs)
            .Select(held => new ScopeReport(held.Order.Id.ToString(), LostBeforeMs(held), null)));
    }

    /// <summary>From when on no flow of a scope's subject was lost on its way; <see cref="long.MinValue"/> where none of
    /// its time was.</summary>
    private long LostBeforeMs(HeldScope held) =>
        forwarding?.LostBeforeMs(held.Watch.Subject) is { } lost && held.Order.UntilMs > lost - LossSpanMs
            ? lost : long.MinValue;

    private async Task RefuseAsync(List<(ScopeOrderFields Order, string Code)> refused, CancellationToken cancel)
    {
        foreach (var (order, code) in refused)
        {
            if (ScopeFaults.IsPassing(code))
            {
                _waiting[order.Id] = order;
            }
            else
            {
                _waiting.Remove(order.Id);
            }
        }

        await record.RefuseAsync(refused, cancel);
        reporter.Add(refused.Select(one => new ScopeReport(one.Order.Id, null, one.Code)));
    }

    private async Task EndAsync(HashSet<ScopeId> ended, CancellationToken cancel)
    {
        if (ended.Count == 0)
        {
            return;
        }

        await shards.EndAsync(ended, cancel).WaitAsync(cancel);
        foreach (var scope in ended)
        {
            _held.Remove(scope);
        }
    }

    /// <summary>What an own event gives: a scope that slides, or further ones.</summary>
    private void Follow(OwnEvent own, Dictionary<ScopeId, HeldScope> next)
    {
        if (own.Event.Class is null)
        {
            return;
        }

        var standing = _held.OfEvents(own.Event.Subject).ToDictionary(held => held.Order.Id);
        foreach (var (id, held) in next.Where(one => one.Value.Order.Subject == own.Event.Subject))
        {
            standing[id] = held;
        }

        switch (_events.Next(standing.Values.Select(held => held.Events!), own.Event, own.Signed))
        {
            case EventStep.Slides { IsMoved: true, Scope: var scope }:
                Slide(standing[scope.Id], scope, next);
                break;
            case EventStep.Renews(var ended, var opened):
                Slide(standing[ended.Id], ended, next);
                Open(own, opened, next);
                break;
            case EventStep.Opens(var opened, var takesOver):
                if (Open(own, opened, next))
                {
                    foreach (var old in takesOver)
                    {
                        next[old.Id] = standing[old.Id] with { Events = old with { IsOver = true } };
                    }
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Moves a scope's end; one that is corroborated stays so.</summary>
    private void Slide(HeldScope before, EventScope scope, Dictionary<ScopeId, HeldScope> next)
    {
        var order = before.Order with
        {
            UntilMs = scope.UntilMs,
            Grounds =
            [
                .. before.Order.Grounds.Where(envelope => !EventDocument.TryRead(envelope, out _)), .. scope.Grounds,
            ],
        };
        if (checks.Check(order, before.Watch) is { Watch: { } watch } verdict
            && (before.Doubt != EvidenceDoubt.None || verdict.Doubt == EvidenceDoubt.None))
        {
            next[scope.Id] = before with
            {
                Order = order, Watch = watch, Events = scope, FedAt = clock.Latest, Doubt = verdict.Doubt,
            };
        }
    }

    private bool Open(OwnEvent own, EventScope scope, Dictionary<ScopeId, HeldScope> next)
    {
        var order = scope.ToOrder(own.Event);
        if (_held.Provisional + next.Count >= options.MaxProvisional
            || checks.Check(order, null) is not { Watch: { } watch } verdict)
        {
            return false;
        }

        next[scope.Id] = new HeldScope(order, watch, scope, IsProvisional: true, clock.Latest, verdict.Doubt);
        return true;
    }

    /// <summary>Numbers of the scopes that the events of an order give by themselves; the desk may have given it
    /// another.</summary>
    private IEnumerable<ScopeId> OwnNumbers(ScopeOrder order) =>
        order.Grounds
            .Select(envelope => EventDocument.TryRead(envelope, out var quality)
                ? ProvisionalScope.From(quality, envelope, checks.Limits)?.Id : null)
            .OfType<ScopeId>().Where(id => id != order.Id);
}
