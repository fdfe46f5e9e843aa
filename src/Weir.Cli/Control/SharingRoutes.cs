// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Cli.Commands;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Desk.Sharing;
using Weir.Hosting.Auditing;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.Control;

/// <summary>Where what may be shared is known from.</summary>
internal sealed record SharedSources(ClickHouseHttp Store, CurrentWatchlist Lists);

internal sealed record SharingAsked(int Days, TimeSpan Valid);

internal sealed record SharedRow(
    string Endpoint, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset ValidUntil, string Lines, bool Promoted,
    IReadOnlyList<string> Lists, string Family, byte Confidence)
{
    public static SharedRow Of(SharedEndpoint shared) => new(
        shared.Endpoint.ToString(), shared.First, shared.Last, shared.ValidUntil, shared.Lines,
        shared.By == ConfirmedBy.Promoted, shared.Lists, shared.Family, shared.Confidence);

    /// <summary>Null where the other side is of another version.</summary>
    public SharedEndpoint? Read() => !PopulationListing.TryEndpoint(Endpoint, out var endpoint) ? null : new()
    {
        Endpoint = endpoint, First = First, Last = Last, ValidUntil = ValidUntil, Lines = Lines, By = Promoted
            ? ConfirmedBy.Promoted
            : ConfirmedBy.Listed, Lists = Lists, Family = Family, Confidence = Confidence,
    };
}

/// <summary>What may be shared, over the socket: decided, counted, recorded with count and digest, and only
/// then given out.</summary>
internal sealed class SharingRoutes(ControlParts parts)
{
    public const string Path = "/v1/sharing";
    public const int MostDays = 7;

    /// <summary>The lab profile hides nothing at home; what leaves it is banded all the same.</summary>
    private const int LeastK = 10;

    public void Map(IEndpointRouteBuilder app) => app.MapPost(Path, ControlCall.With(parts, AnswerAsync));

    private async Task AnswerAsync(ControlCall call)
    {
        if (await call.BodyAsync<SharingAsked>() is not { Days: >= 1 and <= MostDays } asked
            || asked.Valid <= TimeSpan.Zero || asked.Valid > TimeSpan.FromDays(365))
        {
            await call.BadAsync(
                $"the request cannot be read; it is JSON with days, 1 to {MostDays}, and valid, up to 365 days");
            return;
        }

        if (await parts.Desk.Engine.DecideAsync(call.Actor, new Request.Export(Pairs: false), call.Cancel)
            is Decision.Deny deny)
        {
            await call.RefuseAsync(deny);
            return;
        }

        IReadOnlyList<SightedEndpoint> sighted;
        var now = parts.Time.GetUtcNow();
        try
        {
            sighted = await new SightingRepository(parts.Sharing.Store).SinceAsync(
                now.AddDays(-asked.Days), call.Cancel);
        }
        catch (StoreException fault)
        {
            await call.DownAsync("store-down", $"what was seen cannot be asked for: {fault.Message}");
            return;
        }

        var shared = Confirmed.Of(
            sighted, Promoted(), parts.Sharing.Lists.Current, Math.Max(parts.Policy.K, LeastK), now, asked.Valid)
            .Select(SharedRow.Of).ToList();
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
        await call.AnswerAsync(shared);
    }

    private Dictionary<Endpoint, DateTimeOffset> Promoted()
    {
        var promoted = new Dictionary<Endpoint, DateTimeOffset>();
        foreach (var given in parts.Desk.GetApprovals(Permission.Promote))
        {
            if (PopulationListing.TryEndpoint(given.Target, out var endpoint))
            {
                promoted[endpoint] = given.GivenAt!.Value;
            }
        }

        return promoted;
    }

    private static string DigestOf(IReadOnlyList<SharedRow> rows) =>
        Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => $"{r.Endpoint} {r.Last:O} {r.Lines}\n")))));
}
