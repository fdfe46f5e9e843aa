// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;

namespace Weir.Desk.Api.Overview;

/// <summary>Something that the privacy officer is told of.</summary>
/// <param name="Kind">refusals-in-number, list-held, entry-held, governance-waits, scopes-sealed, grounds-refused or
/// chain-fault.</param>
/// <param name="What">Who or which; no subject.</param>
/// <param name="Since">When it began.</param>
/// <param name="Text">A sentence.</param>
internal sealed record OversightSummary(string Kind, string What, DateTimeOffset Since, string Text);

/// <param name="Needs">What stands now, oldest first.</param>
internal sealed record OversightResponse(IReadOnlyList<OversightSummary> Needs);

/// <summary>What is to be known by those who check, and is sent to the officer by a channel as well.</summary>
/// <param name="oversight">What stands now.</param>
internal sealed class OversightRoutes(IAlarmSource oversight)
{
    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<OversightResponse>
    {
        Method = HttpMethods.Get, Path = "oversight", Roles = RouteRoles.From(Role.PrivacyOfficer, Role.Auditor),
        Repeat = RouteRepeat.Reads,
        Summary = "What the privacy officer is told of: refusals in number, held lists and networks, a governance that "
            + "waits, sealed "
            + "scopes, refused grounds, faults of the record.",
        Answer = OverviewJson.Default.OversightResponse,
        Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "oversight"),
        Handle = _ => Task.FromResult(new OversightResponse(
        [
            .. oversight.Alarms.OrderBy(one => one.Since)
                .Select(one => new OversightSummary(one.Kind, one.Key, one.Since, one.Text)),
        ])),
    });
}
