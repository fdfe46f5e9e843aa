// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Lists;

/// <summary>A list as it is shown.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Role"><c>c2</c>, <c>sinkhole</c>, <c>attacker</c>, <c>bogon</c> or <c>allow</c>.</param>
/// <param name="Host">Host it is fetched from; empty for a file that others keep.</param>
/// <param name="Entries">In force.</param>
/// <param name="Refused">Lines that could not be read as an entry.</param>
/// <param name="AsOf">When its publisher last said that this is it; of a file when it was written; null without a copy.
/// </param>
/// <param name="LastFetch"><c>replaced</c>, <c>unchanged</c>, <c>held</c> or <c>failed</c>; null where none was
/// tried.</param>
/// <param name="NextFetch">Null for a file.</param>
/// <param name="IsTooOld">Older than its max-age.</param>
/// <param name="Fault">Why the latest reading or fetch failed; empty where it did not.</param>
internal sealed record ListSummary(
    string Name, string Role, string Host, int Entries, int Refused, DateTimeOffset? AsOf, string? LastFetch,
    DateTimeOffset? NextFetch, bool IsTooOld, string Fault);

/// <param name="Lists">In the configuration's order.</param>
internal sealed record ListsResponse(IReadOnlyList<ListSummary> Lists);

/// <summary>What came of a fetch.</summary>
/// <param name="Name">Of the list.</param>
/// <param name="Outcome"><c>replaced</c>, <c>unchanged</c>, <c>held</c> or <c>failed</c>.</param>
/// <param name="Octets">Taken from the publisher; 0 where there is no new copy.</param>
/// <param name="Entries">Of the new copy.</param>
/// <param name="Reason">Why it failed; empty where it did not.</param>
internal sealed record ListFetched(string Name, string Outcome, long Octets, int Entries, string Reason);

/// <summary>What came of verifying a list.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Source">Host it is fetched from, or its file.</param>
/// <param name="AsOf">Of when the copy in force is; null without one.</param>
/// <param name="InForce">SHA-256 of the copy in force, hexadecimal; of a folder, of the lines that <c>sha256sum *</c>
/// prints there; empty without one.</param>
/// <param name="Now">SHA-256 of what the source has; empty where that cannot be told.</param>
/// <param name="State"><c>same</c>, <c>changed-since</c>, <c>cannot-be-fetched</c>, <c>cannot-be-read</c>,
/// <c>not-signed</c> by its owner, or <c>not-on-chain</c>.</param>
/// <param name="Reason">Why, and what to do; empty for nothing.</param>
internal sealed record ListVerified(
    string Name, string Source, DateTimeOffset? AsOf, string InForce, string Now, string State, string Reason);

/// <param name="Lists">In the configuration's order.</param>
internal sealed record ListsVerifiedResponse(IReadOnlyList<ListVerified> Lists);

/// <summary>What a load of a list changed.</summary>
/// <param name="Text">Four lines that say of which list, from and to which digest, and then each entry, sorted:
/// <c>+</c> where it came, <c>-</c> where it went.</param>
internal sealed record ListDifferenceResponse(string Text);

/// <summary>Lists: how each stands, a fetch out of turn, and their sources asked again. Both are in the audit first.
/// </summary>
/// <param name="lists">As they stand.</param>
/// <param name="audit">Where they stand first.</param>
/// <param name="chain">The folder of that record.</param>
internal sealed class ListRoutes(ListSet lists, IAuditLog audit, string chain)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ListsResponse>
        {
            Method = HttpMethods.Get, Path = "lists", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "Lists in the configuration's order, and how each stands.",
            Answer = ListsJson.Default.ListsResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.FetchList, "lists"),
            Handle = _ => Task.FromResult(new ListsResponse([.. lists.Read().Select(Format)])),
        })
        .Add(new ApiRoute<ListFetched>
        {
            Method = HttpMethods.Post, Path = "lists/{name}/fetches",
            Roles = RouteRoles.From(Role.Operator, Role.Administrator), Repeat = RouteRepeat.ByName,
            Summary = "Fetch a list now, whether it is due or not.", Refusals = ["unknown"],
            Answer = ListsJson.Default.ListFetched,
            Refusal = call => RouteRefusal.Of(AuditActions.FetchList, call.Part("name")), Handle = FetchAsync,
        })
        .Add(new ApiRoute<ListsVerifiedResponse>
        {
            Method = HttpMethods.Post, Path = "lists/verifications",
            Roles = RouteRoles.From(Role.Operator, Role.PrivacyOfficer, Role.Auditor), Repeat = RouteRepeat.ByName,
            Summary = "Ask every list's source again, one round at a time with a minute between, and compare it with "
                + "what is in force and on the chain.",
            Answer = ListsJson.Default.ListsVerifiedResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.VerifyLists, "lists"), Handle = VerifyAsync,
        })
        .Add(new ApiRoute<ListDifferenceResponse>
        {
            Method = HttpMethods.Get, Path = "lists/differences/{digest}",
            Roles = RouteRoles.From(Role.Operator, Role.PrivacyOfficer, Role.Auditor), Repeat = RouteRepeat.Reads,
            Summary = "What a load of a list added and removed, by the digest that the record has of it.",
            Refusals = ["unknown"], Answer = ListsJson.Default.ListDifferenceResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.VerifyLists, "a difference"),
            Handle = call => Task.FromResult(Show(call.Part("digest"))),
        });

    private ListDifferenceResponse Show(string digest) => lists.Differences?.Find(digest) is not { } text
        ? throw ApiRefusalException.From(new(
            DenyCode.Unknown, "no difference of a list is kept under this digest; the entries list-in-force of the "
                + "record name them, and each is kept 400 days."))
        : ListDifferences.DigestOf(text) == digest ? new(text)
        : throw ApiRefusalException.From(new(
            DenyCode.Unknown, $"what is kept as {digest}.txt was changed since: its digest is "
                + $"{ListDifferences.DigestOf(text)}. Take it from a backup; weir audit verify --differences names all "
                + "that do not hold."));

    private async Task<ListsVerifiedResponse> VerifyAsync(ApiCall call)
    {
        await lists.Record.WriteAsync(audit, call.Cancel);
        var verdicts = await lists.Verifier.TryRunAsync(
            () => call.RecordAsync(audit, AuditActions.VerifyLists, "every list"), chain, call.Cancel);
        return verdicts is not null ? new([.. verdicts.Select(Format)])
            : throw new ApiRefusalException(
                ApiProblems.TooMany,
                "lists are being verified, or were less than a minute ago; publishers are not asked more often, ask "
                    + "again in a minute.");
    }

    private async Task<ListFetched> FetchAsync(ApiCall call)
    {
        var name = call.Part("name");
        if (lists.Fetching.States.All(state => state.Source.Name != name))
        {
            throw ApiRefusalException.From(new(
                DenyCode.Unknown,
                $"{name} is no list with a url; weir status shows them, and matching.lists names them."));
        }

        await audit.AppendAsync(
            new AuditEntry
            {
                Actor = call.Actor.Name,
                Role = call.Actor.RoleWord,
                Act = AuditActions.FetchList,
                Outcome = AuditActions.Allow,
                Reason = name,
            },
            call.Cancel);
        var (_, result) = (await lists.Fetching.FetchNowAsync([name], call.Cancel))[0];
        return new(name, Word(result.Outcome), result.Octets, result.Entries, result.Reason);
    }

    private static ListSummary Format(ListStatus list) => new(
        list.Name, Word(list.Role), list.Host, list.Entries, list.Refused, list.AsOf,
        list.LastFetch is { } last ? Word(last) : null, list.NextFetch, list.IsTooOld, list.Fault);

    private static ListVerified Format(ListVerdict one) => new(
        one.Name, one.Source, one.AsOf, one.InForce, one.Now, one.Standing switch
        {
            ListStanding.Same => "same",
            ListStanding.ChangedSince => "changed-since",
            ListStanding.CannotBeFetched => "cannot-be-fetched",
            ListStanding.CannotBeRead => "cannot-be-read",
            ListStanding.NotSigned => "not-signed",
            ListStanding.NotOnChain => "not-on-chain",
            _ => throw new UnreachableException(),
        },
        one.Reason);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListsResponse))]
[JsonSerializable(typeof(ListFetched))]
[JsonSerializable(typeof(ListsVerifiedResponse))]
[JsonSerializable(typeof(ListDifferenceResponse))]
[JsonSerializable(typeof(HeldListsResponse))]
[JsonSerializable(typeof(HeldListStep))]
internal sealed partial class ListsJson : JsonSerializerContext;
