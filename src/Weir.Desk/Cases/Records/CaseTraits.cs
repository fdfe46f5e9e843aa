// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Records;
using Weir.Wire;

namespace Weir.Desk.Cases.Records;

/// <summary>By what cases are told apart in lists and counts. All but the state are of cases that take events.</summary>
internal enum CaseTraitKind : byte
{
    State = 1,
    Rule,
    Assignee,

    /// <summary>A remote address of one of its scopes.</summary>
    Address,

    /// <summary>A listed endpoint it is about.</summary>
    Endpoint,

    /// <summary>One of its rules is of DDoS, from a line or to it.</summary>
    Flood,

    /// <summary>It is about several endpoints.</summary>
    Several,
}

/// <summary>One trait of a case.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Word">Of a state, a rule, a user.</param>
/// <param name="Endpoint">Of an endpoint; of an address without its port.</param>
internal readonly record struct CaseTrait(CaseTraitKind Kind, string Word = "", Endpoint Endpoint = default)
{
    public static CaseTrait Of(CaseState state) => new(CaseTraitKind.State, CaseStateMachine.ToName(state));

    public static CaseTrait Of(IpKey address) => new(CaseTraitKind.Address, "", new(address, 0, 0));
}

/// <summary>Where a case stands among others: the newest first, within a moment by number.</summary>
/// <param name="OpenedTicks">Ticks of when it was opened, UTC, in whole milliseconds: as it is kept.</param>
/// <param name="Id">Its number.</param>
internal readonly record struct CaseOrderKey(long OpenedTicks, CaseId Id) : IComparable<CaseOrderKey>
{
    public static CaseOrderKey Of(CaseFile file) => new(KeptTime.TicksOf(file.OpenedAt), file.Id);

    /// <summary>In front of every case that was opened then or before.</summary>
    public static CaseOrderKey Before(DateTimeOffset time) => new(time.UtcTicks, default);

    public int CompareTo(CaseOrderKey other) => OpenedTicks != other.OpenedTicks
        ? other.OpenedTicks.CompareTo(OpenedTicks)
        : Id.Number.CompareTo(other.Id.Number);
}

/// <summary>What a case file has of what lists and counts ask for, worked out once a step. Never changes.</summary>
/// <param name="Severity">The gravest of its scopes.</param>
/// <param name="All">Each once.</param>
internal sealed record CaseTraits(CaseSeverity Severity, ImmutableArray<CaseTrait> All)
{
    /// <summary>Rules of DDoS, from a line or to it.</summary>
    public static readonly IReadOnlyList<string> Floods = [.. DetectionRules.All
        .Where(rule => rule.Purpose == Purpose.DdosSource || rule.IsOfVictim).Select(rule => rule.Id)];

    public static CaseTraits Of(CaseFile file)
    {
        List<CaseTrait> all = [CaseTrait.Of(file.State)];
        if (file.TakesEvents)
        {
            all.Add(new(CaseTraitKind.Assignee, file.Assignee));
            var rules = RulesOf(file).ToList();
            all.AddRange(rules.Select(rule => new CaseTrait(CaseTraitKind.Rule, rule)));
            all.AddRange(file.Scopes.SelectMany(held => held.Scope.Class.Predicate.Remotes).Distinct()
                .Select(CaseTrait.Of));
            var endpoints = EndpointsOf(file).ToList();
            all.AddRange(endpoints.Select(endpoint => new CaseTrait(CaseTraitKind.Endpoint, "", endpoint)));
            if (rules.Exists(Floods.Contains))
            {
                all.Add(new(CaseTraitKind.Flood));
            }

            if (endpoints.Count > 1)
            {
                all.Add(new(CaseTraitKind.Several));
            }
        }

        return new(CaseSeverities.Of(file), [.. all]);
    }

    /// <summary>The rule's id without version and event; the first word of a complaint or consent.</summary>
    public static string RuleOf(string trigger) => trigger.Split(['/', ' ', ':'])[0];

    /// <summary>What opened its scopes, each once.</summary>
    public static IEnumerable<string> RulesOf(CaseFile file) =>
        file.Scopes.Select(held => RuleOf(held.Scope.Trigger)).Distinct();

    /// <summary>Endpoints that it is about, each once.</summary>
    public static IEnumerable<Endpoint> EndpointsOf(CaseFile file) => (
        from held in file.Scopes
        from remote in held.Scope.Class.Predicate.Remotes
        from port in held.Scope.Class.Predicate.RemotePorts
        select new Endpoint(remote, port, held.Scope.Class.Predicate.Protocol)).Distinct();
}
