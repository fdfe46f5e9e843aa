// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Desk.Sharing;
using Weir.Hosting.Auditing;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Sharing;

/// <summary>What <see cref="SharingRoutes"/> works with.</summary>
internal sealed record SharingDependencies
{
    public required CaseHandler Cases { get; init; }

    public required IListedSightings Sightings { get; init; }

    /// <summary>The lists in force.</summary>
    public required CurrentWatchlist Lists { get; init; }

    public required IAuditLog Audit { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required TimeProvider Time { get; init; }
}

/// <summary>What may be shared: decided, counted, recorded with count and digest, and only then given out.</summary>
internal sealed class SharingRoutes(SharingDependencies parts)
{
    public const int MaxDays = 7;

    private const int MaxValidDays = 365;

    /// <summary>The lab profile hides nothing at home; what leaves it is banded all the same.</summary>
    private const int MinK = 10;

    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<SharingRequest, SharingResponse>
    {
        Method = HttpMethods.Post, Path = "shared-endpoints", Roles = RouteRoles.For(Permission.ExportAggregates),
        Repeat = RouteRepeat.Reads, Refusals = [ApiProblems.StoreDown],
        Summary = "Confirmed C&C endpoints for others: counts of lines are bands, no line is in it. On record first.",
        Body = SharingJson.Default.SharingRequest, Answer = SharingJson.Default.SharingResponse,
        Refusal = (_, _) => new Request.Export(Pairs: false), Handle = ExportAsync,
    });

    private async Task<SharingResponse> ExportAsync(ApiCall call, SharingRequest asked)
    {
        if (asked.Days is < 1 or > MaxDays || asked.Valid <= TimeSpan.Zero
            || asked.Valid > TimeSpan.FromDays(MaxValidDays))
        {
            throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"days is 1 to {MaxDays}, and valid a time up to {MaxValidDays} days, as D.HH:MM:SS"));
        }

        ApiRefusalException.ThrowIf(await parts.Cases.Engine.DecideAsync(
            call.Actor, new Request.Export(Pairs: false), call.Cancel) as Decision.Deny);
        var (now, k) = (parts.Time.GetUtcNow(), Math.Max(parts.Policy.K, MinK));
        var sighted = await SightingsAsync(now.AddDays(-asked.Days), k, call.Cancel);
        var shared = ConfirmedEndpoints.From(sighted, Promoted(), parts.Lists.Current, k, (now, asked.Valid))
            .Select(SharedEndpointRow.From).ToList();
        await parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = call.Actor.Name,
                Role = call.Actor.RoleWord,
                Act = AuditActions.PopulationReport,
                Outcome = AuditActions.Allow,
                Rows = shared.Count,
                ResultDigest = DigestOf(shared),
                Reason = "confirmed endpoints, to be shared",
            },
            call.Cancel);
        return new(shared);
    }

    private async Task<IReadOnlyList<ListedSighting>> SightingsAsync(
        DateTimeOffset since, int k, CancellationToken cancel)
    {
        try
        {
            return await parts.Sightings.SinceAsync(since, k, cancel);
        }
        catch (StoreException fault)
        {
            throw new ApiRefusalException(
                ApiProblems.StoreDown, $"what was seen cannot be asked for: {fault.Message}");
        }
    }

    private Dictionary<Endpoint, DateTimeOffset> Promoted()
    {
        var promoted = new Dictionary<Endpoint, DateTimeOffset>();
        foreach (var given in parts.Cases.GetApprovals(Permission.Promote))
        {
            if (Endpoint.TryParse(given.Target, out var endpoint))
            {
                promoted[endpoint] = given.GivenAt!.Value;
            }
        }

        return promoted;
    }

    private static string DigestOf(IReadOnlyList<SharedEndpointRow> rows) =>
        Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => $"{r.Endpoint} {r.Last:O} {r.Lines}\n")))));
}
