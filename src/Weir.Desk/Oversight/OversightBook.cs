// SPDX-License-Identifier: Apache-2.0
//
// What the privacy officer is told of without asking (rules.md R25): who was refused in number, lists that are held,
// what waits to be signed, scopes that are sealed, grounds that nobody signed, faults of the record. Numbers and names
// of staff and lists; no case's subject stands here.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Policy;
using Weir.Hosting.Health;

namespace Weir.Desk.Oversight;

/// <summary>Gathers it. Safe for any thread.</summary>
internal sealed class OversightBook(
    CaseHandler cases, ListSet lists, HealthRegistry health, OtherRecords others, TimeProvider time) : IAlarmSource
{
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private (long Total, DateTimeOffset Since, DateTimeOffset Last) _refused;

    /// <summary>Parts of health whose faults are of the record.</summary>
    private static string[] RecordParts => ["audit", "audit-outside", "countersigned"];

    public IReadOnlyList<Alarm> Alarms =>
    [
        .. People(), .. Held(), .. Braked(), .. Governed(), .. Sealed(), .. Unsigned(), .. Record(),
        .. Others(),
    ];

    private IEnumerable<Alarm> People() =>
        from one in cases.ToldOfficer
        where time.GetUtcNow() - one.Since < Remembered
        select new Alarm(OversightKinds.Refusals, one.Actor, one.Since, string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Actor} ({one.Role}) was refused {one.Refusals} times in 24 hours; the record says what was asked"));

    private IEnumerable<Alarm> Held() =>
        from held in lists.Fetching.Held()
        where held.Held.DroppedBy is null
        select new Alarm(
            OversightKinds.ListHeld, held.Source.Name, held.Held.At,
            $"a copy of list {held.Source.Name} is held: {held.Held.Reason}; two people release it or one drops it");

    private IEnumerable<Alarm> Braked() =>
        from row in cases.Networks
        where row.State == HeldNetworkState.Held
        select new Alarm(OversightKinds.EntryHeld, row.Name.ToString(), row.Since, string.Create(
            CultureInfo.InvariantCulture,
            $"{(row.Name.Edit == 0 ? "listed network " : "")}{row.Name} is held: {row.Lines} lines met it in a day, {row.Bound} may become cases "
                + $"({row.Detail}); two people release or drop it: weir watchlist networks"));

    private IEnumerable<Alarm> Governed() =>
        from part in health.Read().Parts
        where part.Part == "governed" && part.Health.State != HealthState.Ok
        select new Alarm(OversightKinds.GovernanceWaits, "governance", part.Since, part.Health.Reason);

    private IEnumerable<Alarm> Record() =>
        from part in health.Read().Parts
        where RecordParts.Contains(part.Part) && part.Health.State != HealthState.Ok
        select new Alarm(OversightKinds.ChainFault, part.Part, part.Since, $"{part.Part}: {part.Health.Reason}");

    private IEnumerable<Alarm> Others() =>
        from one in others.Faults
        select new Alarm(
            OversightKinds.ChainFault, one.Record, one.Since, $"the record of the {one.Record}: {one.Fault}");

    private IEnumerable<Alarm> Sealed()
    {
        List<(CaseFile Case, CaseScope Scope)> waiting =
        [
            .. from held in cases.Due(CaseDuty.Review)
               from scope in held.Scopes
               where scope.WaitsForReview
               select (held, scope),
        ];
        if (waiting.Count > 0)
        {
            var review = waiting.Count(one => one.Scope.State == ScopeState.Sealed);
            yield return new(
                OversightKinds.ScopesSealed, "scopes", waiting.Min(one => one.Case.OpenedAt), string.Create(
                    CultureInfo.InvariantCulture,
                    $"{waiting.Count} scopes of {waiting.DistinctBy(one => one.Case.Id).Count()} cases are sealed: {review} "
                        + $"wait for review, {waiting.Count - review} rest on what is not corroborated"));
        }
    }

    private IEnumerable<Alarm> Unsigned()
    {
        lock (_gate)
        {
            var (total, now) = (cases.RefusedEventCount, time.GetUtcNow());
            if (total > _refused.Total)
            {
                var since = now - _refused.Last < Remembered ? _refused.Since : now;
                _refused = (total, since, now);
            }

            if (_refused.Total == 0 || now - _refused.Last >= Remembered)
            {
                yield break;
            }
        }

        yield return new(
            OversightKinds.GroundsRefused, "events", _refused.Since, string.Create(
                CultureInfo.InvariantCulture,
                $"{_refused.Total} events were refused, because nobody whose key counts had signed them or they could "
                    + $"not be; the record counts them by reason, and `weir keys` shows whose key is which"));
    }
}
