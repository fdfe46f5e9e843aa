// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Lists;

/// <summary>An edit of a list: what one reading of it found that no list named before.</summary>
/// <param name="List">Its name.</param>
/// <param name="At">When it was read.</param>
/// <param name="Entries">Entries that it brought.</param>
/// <param name="IsFirst">It was the first reading of that list.</param>
internal sealed record HeldUpdate(string List, DateTimeOffset At, int Entries, bool IsFirst);

/// <summary>A listed network, or what an edit of a list brought together, that the brake holds, that waits its time, or
/// about which two people decided.</summary>
/// <param name="Network">/24, of IPv6 /48; <c>update-17</c> for what an edit brought.</param>
/// <param name="State"><c>settling</c> while its first lines are counted, <c>held</c>, <c>released</c> or <c>dropped</c>.
/// </param>
/// <param name="Since">When it came to stand so.</param>
/// <param name="Lines">Lines that met it on the day with most; of an edit, those without a case.</param>
/// <param name="Bound">Lines that may become cases on a day.</param>
/// <param name="Events">Events that wait.</param>
/// <param name="Lost">Events that were thrown away.</param>
/// <param name="Endpoint">The far end of the first event.</param>
/// <param name="Lists">Which list names it, as the first event says; of an edit, whose it is.</param>
/// <param name="Update">The edit; null for a network.</param>
/// <param name="AskedBy">Who asked for a decision that nobody gave yet; null where nobody did.</param>
/// <param name="Until">End of what was decided, or of the wait, after which what waits becomes cases; null while it is
/// held.</param>
/// <param name="InForce">Who has to know what was decided knows it.</param>
internal sealed record HeldNetworkSummary(
    string Network, string State, DateTimeOffset Since, int Lines, int Bound, long Events, long Lost, string Endpoint,
    string Lists, HeldUpdate? Update, string? AskedBy, DateTimeOffset? Until, bool InForce);

/// <param name="Networks">The latest first.</param>
internal sealed record HeldNetworksResponse(IReadOnlyList<HeldNetworkSummary> Networks);

/// <param name="Network">As it is listed.</param>
/// <param name="Act"><c>release</c> or <c>drop</c>.</param>
/// <param name="Reason">Why; stands in what both sign and in the audit.</param>
internal sealed record HeldNetworkRequest(string Network, string Act, string Reason);

/// <summary>What came of a step.</summary>
/// <param name="Id">Number of the request.</param>
/// <param name="Network">The network.</param>
/// <param name="State"><c>asked</c>, <c>released</c> or <c>dropped</c>.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record HeldNetworkResponse(string Id, string Network, string State, string Next);

/// <summary>What the brake holds: shown, released or dropped by two people in different roles.</summary>
internal sealed class HeldNetworkRoutes(CaseHandler cases, HeldNetworkHandler networks)
{
    private static readonly HeldNetworkJson Json = HeldNetworkJson.Default;

    private static readonly string[] Codes = ["unknown", "second-person-needed", "action-not-allowed", "vault-down"];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<HeldNetworksResponse>
        {
            Method = HttpMethods.Get, Path = "held-networks", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "Listed networks, and edits of lists, whose lines were too many: how many, what waits, and what was "
                + "decided.",
            Answer = Json.HeldNetworksResponse, Refusal = _ => new Request.DecideHeld("", true),
            Handle = _ => Task.FromResult(new HeldNetworksResponse([.. cases.Networks.Select(Format)])),
        })
        .Add(new ApiRoute<HeldNetworkRequest, HeldNetworkResponse>
        {
            Method = HttpMethods.Post, Path = "held-networks", Roles = RouteRoles.For(Permission.ReleaseHeld),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Ask that what is held of a network becomes cases, or goes; a second person in another role "
                + "gives.",
            Body = Json.HeldNetworkRequest, Answer = Json.HeldNetworkResponse,
            Refusal = (_, body) => new Request.DecideHeld(body?.Network ?? "", body?.Act != "drop"), Handle = AskAsync,
        })
        .Add(new ApiRoute<HeldNetworkResponse>
        {
            Method = HttpMethods.Post, Path = "held-networks/{id}/approval",
            Roles = RouteRoles.For(Permission.ReleaseHeld), Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Give what another asked for: what is held becomes cases, or goes, once vault and store know.",
            Answer = Json.HeldNetworkResponse, Refusal = call => OfAsked(call),
            Handle = async call => Format(await networks.ApproveAsync(call.Actor, call.ApprovalOf(), call.Cancel)),
        });

    private async Task<HeldNetworkResponse> AskAsync(ApiCall call, HeldNetworkRequest asked)
    {
        var isReleased = asked.Act switch
        {
            "release" => true,
            "drop" => false,
            _ => throw ApiRefusalException.BadRequest($"'{asked.Act}' is no act; write release or drop"),
        };
        return Format(await networks.RequestAsync(
            call.Actor, asked.Network, isReleased, ApiReasons.Require(asked.Reason, "what is to be decided"),
            call.Cancel));
    }

    private Request.DecideHeld OfAsked(ApiCall call) => cases.FindAsked(call.ApprovalOf()) is { } asked
        ? new(asked.Target, asked.Deed == Permission.ReleaseHeld, new Actor(asked.AskedBy, asked.AskedRole))
        : new("", true);

    private HeldNetworkSummary Format(HeldNetwork row) => new(
        row.Name.ToString(), Word(row.State), row.Since, row.Lines, row.Bound, row.Events, row.Lost, row.Endpoint,
        row.Detail, row.Update is { } edit ? new(edit.List, edit.At, edit.Entries, edit.IsFirst) : null,
        cases.Asked.FirstOrDefault(asked => asked.Deed is Permission.ReleaseHeld or Permission.DropHeld
            && asked.Target == row.Name.ToString())?.AskedBy,
        cases.UntilOf(row), row.IsTold);

    private HeldNetworkResponse Format(HeldNetworkStep step)
    {
        ApiRefusalException.ThrowIf(step.Refused);
        var (id, row) = (CaseHandler.Name(step.Asked!.Number), step.Row!);
        return row.State == HeldNetworkState.Held
            ? new(id, step.Asked.Target, "asked", cases.NeedsKeys
                ? $"both sign it: weir approve {id}; then the second person: weir watchlist decide --approve {id}"
                : $"waits for a second person: weir watchlist decide --approve {id}")
            : new(id, step.Asked.Target, Word(row.State), !row.IsTold
                ? "vault and store are told of it as soon as they answer; nothing comes of it before"
                : row.State == HeldNetworkState.Released
                    ? "what was held has become cases; so does what comes, for 30 days"
                : row.IsLasting ? "what was held is gone; nothing comes of it while a list names it"
                : "what was held is gone; nothing comes of it for 30 days");
    }

    private static string Word(HeldNetworkState state) => state.ToString().ToLowerInvariant();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeldNetworksResponse))]
[JsonSerializable(typeof(HeldNetworkRequest))]
[JsonSerializable(typeof(HeldNetworkResponse))]
internal sealed partial class HeldNetworkJson : JsonSerializerContext;
