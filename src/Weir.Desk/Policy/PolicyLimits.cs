// SPDX-License-Identifier: Apache-2.0
//
// What a policy may say. Every number has two ranges: the one anybody may choose from, and the wider one that needs the
// signature of who answers for the policy (rules.md R10). Nothing lifts the outer one: k never below 5, a ring buffer
// of at most an hour, an audit of at least a year, subjects in clear nowhere but in the lab.
namespace Weir.Desk.Policy;

/// <summary>One number of a policy: its key in the file, where it stands in the value, and its two ranges, both
/// ends included.</summary>
/// <param name="Key">As written in the file.</param>
/// <param name="Get">Reads it.</param>
/// <param name="With">A policy with another number.</param>
/// <param name="Min">Least without a signature.</param>
/// <param name="Max">Most without a signature.</param>
/// <param name="SignedMin">Least with one.</param>
/// <param name="SignedMax">Most with one.</param>
/// <param name="Rule">Which rule says so.</param>
public sealed record PolicyLimit(
    string Key, Func<PolicyProfile, int> Get, Func<PolicyProfile, int, PolicyProfile> With, int Min, int Max,
    int SignedMin, int SignedMax, string Rule);

/// <summary>All numbers of a policy, in the order of the files.</summary>
public static class PolicyLimits
{
    public static readonly IReadOnlyList<PolicyLimit> All =
    [
        new("k", p => p.K, (p, v) => p with { K = v }, 10, 1_000, 5, 1_000, "R11"),
        new("k-floor", p => p.KFloor, (p, v) => p with { KFloor = v }, 5, 1_000, 5, 1_000, "R11"),
        new(
            "base-minimum", p => p.BaseMinimum, (p, v) => p with { BaseMinimum = v }, 500, 10_000_000, 10,
            10_000_000, "R11"),
        new("rounding", p => p.Rounding, (p, v) => p with { Rounding = v }, 5, 1_000, 1, 1_000, "R11"),
        new("ring-minutes", p => p.RingMinutes, (p, v) => p with { RingMinutes = v }, 0, 60, 0, 60, "R10"),
        new("pair-digest-days", p => p.PairDigestDays, (p, v) => p with { PairDigestDays = v }, 1, 7, 1, 30, "R10"),
        new("identity-days", p => p.IdentityDays, (p, v) => p with { IdentityDays = v }, 1, 7, 1, 30, "R10"),
        new("counter-hours", p => p.CounterHours, (p, v) => p with { CounterHours = v }, 1, 24, 1, 168, "R10"),
        new(
            "evidence-days-after-close", p => p.EvidenceDaysAfterClose, (p, v) => p with { EvidenceDaysAfterClose = v },
            0, 90, 0, 365, "R10"),
        new("audit-days", p => p.AuditDays, (p, v) => p with { AuditDays = v }, 365, 36_500, 365, 36_500, "R10"),
        new(
            "scope-before-minutes", p => p.ScopeBeforeMinutes, (p, v) => p with { ScopeBeforeMinutes = v }, 0, 5, 0,
            60, "R5"),
        new(
            "scope-after-minutes", p => p.ScopeAfterMinutes, (p, v) => p with { ScopeAfterMinutes = v }, 0, 15, 0,
            60, "R5"),
        new("scope-cap-hours", p => p.ScopeCapHours, (p, v) => p with { ScopeCapHours = v }, 1, 72, 1, 168, "R5"),
        new("remediation-days", p => p.RemediationDays, (p, v) => p with { RemediationDays = v }, 1, 14, 1, 30, "R5"),
        new("diagnosis-hours", p => p.DiagnosisHours, (p, v) => p with { DiagnosisHours = v }, 1, 2, 1, 24, "R20"),
        new("max-open-scopes", p => p.MaxOpenScopes, (p, v) => p with { MaxOpenScopes = v }, 1, 5, 1, 20, "R4"),
        new(
            "disclosure-minutes", p => p.DisclosureMinutes, (p, v) => p with { DisclosureMinutes = v }, 1, 15, 1,
            60, "R9"),
        new("block-days", p => p.BlockDays, (p, v) => p with { BlockDays = v }, 1, 14, 1, 90, "R15"),
        new(
            "refusals-to-notify", p => p.RefusalsToNotify, (p, v) => p with { RefusalsToNotify = v }, 1, 3, 1, 100,
            "worked example 9"),
    ];

    /// <summary>What in a policy nobody may have, signature or not, one sentence each.</summary>
    public static IEnumerable<string> Forbidden(PolicyProfile policy)
    {
        foreach (var limit in All.Where(l => l.Get(policy) < l.SignedMin || l.Get(policy) > l.SignedMax))
        {
            yield return $"{limit.Key} is {limit.Get(policy)}; it must be between {limit.Min} and {limit.Max}, and no "
                + $"signature takes it beyond {limit.SignedMin} and {limit.SignedMax} ({limit.Rule})";
        }

        if (policy.K < policy.KFloor)
        {
            yield return $"k is {policy.K}, below k-floor {policy.KFloor}; raise k, or lower the "
                + "floor to no less than 5 (R11)";
        }

        if (policy.ShowsSubjects != (policy.Profile == "lab"))
        {
            yield return policy.ShowsSubjects
                ? "subjects: clear is for the lab profile alone, and no signature changes "
                    + "that; write subjects: pseudonyms"
                : "subjects must be clear in the lab profile, which says so in every output; write subjects: clear";
        }
    }

    /// <summary>What in a policy is looser than the rules and needs a signature, one sentence each.</summary>
    public static IEnumerable<string> Loosened(PolicyProfile policy) =>
        from limit in All
        let value = limit.Get(policy)
        where (value < limit.Min || value > limit.Max) && value >= limit.SignedMin && value <= limit.SignedMax
        select $"{limit.Key} is {value}; without a signature it must be between {limit.Min} "
            + $"and {limit.Max} ({limit.Rule})";
}
