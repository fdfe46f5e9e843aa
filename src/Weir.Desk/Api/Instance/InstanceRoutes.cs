// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Governance;
using Weir.Hosting.Retention;

namespace Weir.Desk.Api.Instance;

/// <summary>What is governed, what is set, what is held and for how long. No case and no line is in any of it.</summary>
/// <param name="facts">What this Weir goes by.</param>
/// <param name="cases">Which files were erased.</param>
/// <param name="policy">Its ceilings.</param>
/// <param name="time">The clock.</param>
internal sealed class InstanceRoutes(InstanceFacts facts, CaseHandler cases, PolicyProfile policy, TimeProvider time)
{
    private static readonly RouteRoles Keepers =
        RouteRoles.From(Role.Operator, Role.PrivacyOfficer, Role.Auditor, Role.Administrator);

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<GovernanceResponse>
        {
            Method = HttpMethods.Get, Path = "governance", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "What is governed: who has which role, who signed it, and what waits for signatures, as a difference.",
            Answer = InstanceJson.Default.GovernanceResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "governance"),
            Handle = _ => Task.FromResult(Governance()),
        })
        .Add(new ApiRoute<SettingsResponse>
        {
            Method = HttpMethods.Get, Path = "settings", Roles = Keepers, Repeat = RouteRepeat.Reads,
            Summary = "Settings as the desk began with them, and where each comes from; secrets masked.",
            Answer = InstanceJson.Default.SettingsResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "settings"),
            Handle = _ => Task.FromResult(new SettingsResponse([.. facts.Settings.Select(one => new SettingRow(
                one.Name, one.Value, one.Default, one.Source, one.Line, one.Meaning))])),
        })
        .Add(new ApiRoute<RetentionResponse>
        {
            Method = HttpMethods.Get, Path = "retention", Roles = Keepers, Repeat = RouteRepeat.Reads,
            Summary = "What desk, store and vault hold, the oldest and newest of each kind, beside its limit (R10).",
            Answer = InstanceJson.Default.RetentionResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "retention"), Handle = HeldAsync,
        });

    private GovernanceResponse Governance()
    {
        var now = facts.Governance();
        var waits = Waiting(now);
        var document = now.Document;
        return new(
            document is null && !now.People.NeedsKeys && now.Waits.Length == 0, document?.Instance ?? "", policy.Profile,
            now.Digest, now.SignedBy,
            [.. now.People.All.Select(one => new GovernedPersonRow(
                one.Name, one.User, one.RoleWord, [.. one.Keys.Select(key => key.Fingerprint)]))],
            [.. (document?.Recovery ?? []).Select(one => Actor.ToName(one.Role))], document?.EventKeys ?? [],
            GovernedSettings.Paths(document?.Settings ?? ""), now.Waits, waits?.Digest ?? "",
            waits is null ? [] : [.. GovernanceDifference.Between(Read(facts.Kept), waits)], facts.GovernanceFile);
    }

    /// <summary>What lies in the file and is not in force; null where it is, or cannot be read, which
    /// <see cref="GovernanceInForce.Waits"/> says.</summary>
    private SignedGovernance? Waiting(GovernanceInForce now) =>
        now.Waits.Length > 0 && Read(facts.Lies) is { } lies && lies.Digest != now.Digest ? lies : null;

    private static SignedGovernance? Read(Func<SignedGovernance?> from)
    {
        try
        {
            return from();
        }
        catch (InvalidDataException)
        {
            return null; // the reason stands in what waits
        }
    }

    private async Task<RetentionResponse> HeldAsync(ApiCall call)
    {
        var now = time.GetUtcNow();
        List<HeldRow> rows = [];
        foreach (var (process, held) in facts.Holdings)
        {
            rows.AddRange((await held(now, call.Cancel)).Select(one => new HeldRow(
                process, one.Kind, one.Oldest, one.Newest, one.Rows, one.Octets, one.Limit, one.State, one.Where)));
        }

        var erased = cases.Files.Where(file => file.ErasedAt is not null).ToList();
        return new(
            [.. rows.OrderBy(one => one.State switch { RetentionEntry.Over => 0, RetentionEntry.Unknown => 1, _ => 2 })],
            erased.Count, erased.Max(file => file.ErasedAt), policy.Name, [.. Ceilings()]);
    }

    private IEnumerable<Ceiling> Ceilings() =>
    [
        new("ring", policy.RingMinutes, "minutes", "R10"), new("counters", policy.CounterHours, "hours", "R10"),
        new("pair-digests", policy.PairDigestDays, "days", "R10"), new("identity", policy.IdentityDays, "days", "R10"),
        new("evidence-after-close", policy.EvidenceDaysAfterClose, "days", "R10"),
        new("audit", policy.AuditDays, "days", "R10"), new("scope", policy.ScopeCapHours, "hours", "R5"),
        new("check", policy.RemediationDays, "days", "R5"), new("block", policy.BlockDays, "days", "R15"),
        new("disclosure", policy.DisclosureMinutes, "minutes", "R9"),
    ];
}
