// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Retention;

/// <summary>What the running collector holds in memory and in its ring: sums of nobody in particular.</summary>
/// <param name="RingOldest">Of the ring's oldest block; null where it is empty.</param>
/// <param name="RingFlows">Raw flows that can be read.</param>
/// <param name="RingOctets">On disk, encrypted.</param>
/// <param name="CountersOldest">Since when counters have been kept at the longest.</param>
/// <param name="CountedSubjects">Subjects that have counters.</param>
/// <param name="At">When it was said.</param>
internal sealed record RetentionInventory(
    DateTimeOffset? RingOldest, long RingFlows, long RingOctets, DateTimeOffset? CountersOldest, long CountedSubjects,
    DateTimeOffset At);

/// <summary>For the retention report. Weir's own user may ask too.</summary>
/// <param name="inventory">What is held now.</param>
internal sealed class RetentionRoutes(Func<RetentionInventory> inventory)
{
    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<RetentionInventory>
    {
        Method = HttpMethods.Get, Path = "retention/inventory", Roles = RouteRoles.Everyone.OrOwnUser(),
        Repeat = RouteRepeat.Reads, Summary = "What the collector holds in memory and in its ring, as sums.",
        Answer = RetentionJson.Default.RetentionInventory,
        Refusal = _ => RouteRefusal.Of(AuditActions.LoginRefused, ""),
        Handle = _ => Task.FromResult(inventory()),
    });
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RetentionInventory))]
internal sealed partial class RetentionJson : JsonSerializerContext;
