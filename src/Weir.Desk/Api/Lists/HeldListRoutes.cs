// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Lists;

/// <summary>A copy of a list that waits for people.</summary>
/// <param name="Name">Of the list.</param>
/// <param name="At">When it came.</param>
/// <param name="Entries">Of the copy.</param>
/// <param name="Before">In force when it came.</param>
/// <param name="Reason">What is suspicious about it.</param>
/// <param name="AskedBy">Who asked for its release; null where nobody did.</param>
/// <param name="DroppedBy">Who dropped it; null where it waits.</param>
internal sealed record HeldList(
    string Name, DateTimeOffset At, int Entries, int Before, string Reason, string? AskedBy, string? DroppedBy);

/// <param name="Lists">In the configuration's order.</param>
internal sealed record HeldListsResponse(IReadOnlyList<HeldList> Lists);

/// <summary>What came of a step on a held copy.</summary>
/// <param name="Name">Of the list.</param>
/// <param name="Outcome"><c>waits</c> for a second person, <c>released</c> or <c>dropped</c>.</param>
internal sealed record HeldListStep(string Name, string Outcome);

/// <summary>Copies of lists that differ too much from those in force: shown, put in force by two people in different
/// roles, or dropped by one. Each step is in the audit first.</summary>
/// <param name="lists">As they stand.</param>
/// <param name="audit">Where a step stands first.</param>
/// <param name="repeated">Tells refusals together.</param>
internal sealed class HeldListRoutes(ListSet lists, IAuditLog audit, RepeatedRefusals repeated)
{
    private static readonly RouteRoles People =
        RouteRoles.From(Role.Analyst, Role.Operator, Role.PrivacyOfficer, Role.Administrator);

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<HeldListsResponse>
        {
            Method = HttpMethods.Get, Path = "lists/held", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "Copies of lists that wait for people, and what is suspicious about each.",
            Answer = ListsJson.Default.HeldListsResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ReleaseList, "lists"),
            Handle = _ => Task.FromResult(new HeldListsResponse(
                [.. lists.Fetching.Held().Select(one => Format(one.Source.Name, one.Held))])),
        })
        .Add(Step(
            "releases", AuditActions.ReleaseList,
            "Put a held copy in force: the first person asks, a second in another role gives.", ReleaseAsync))
        .Add(Step("drops", AuditActions.DropList, "Drop a held copy: the one in force stays.", DropAsync));

    private ApiRoute<HeldListStep> Step(
        string noun, string act, string summary, Func<ApiCall, Task<HeldListStep>> handle) => new()
    {
        Method = HttpMethods.Post, Path = $"lists/{{name}}/{noun}", Roles = People, Repeat = RouteRepeat.ByName,
        Summary = summary, Refusals = ["unknown", "second-person-needed"], Answer = ListsJson.Default.HeldListStep,
        Refusal = call => RouteRefusal.Of(act, call.Part("name")), Handle = handle,
    };

    private async Task<HeldListStep> ReleaseAsync(ApiCall call)
    {
        var (source, held) = Find(call);
        var isFirst = held.AskedBy is null;
        if (!isFirst && (held.AskedBy == call.Actor.Name || held.AskedRole == call.Actor.Role))
        {
            var entry = EntryOf(
                call, AuditActions.ReleaseList, DenyCodes.ToName(DenyCode.SecondPersonNeeded), source.Name);
            _ = await repeated.NoteAsync(entry, call.Cancel);
            throw ApiRefusalException.From(new(
                DenyCode.SecondPersonNeeded,
                $"{held.AskedBy} ({Actor.ToName(held.AskedRole)}) asked for this release; it needs another person in another role."));
        }

        await NoteAsync(
            call, isFirst ? AuditActions.AskListRelease : AuditActions.ReleaseList, AuditActions.Allow, source.Name);
        if (isFirst)
        {
            held.Ask(source, call.Actor);
            return new(source.Name, "waits");
        }

        await lists.Fetching.ReleaseAsync(source, held, call.Cancel);
        return new(source.Name, "released");
    }

    private async Task<HeldListStep> DropAsync(ApiCall call)
    {
        var (source, held) = Find(call);
        await NoteAsync(call, AuditActions.DropList, AuditActions.Allow, source.Name);
        held.Drop(source, call.Actor);
        return new(source.Name, "dropped");
    }

    private (ListSource Source, HeldCopy Held) Find(ApiCall call) =>
        lists.Fetching.Held().FirstOrDefault(one =>
            one.Source.Name == call.Part("name") && one.Held.DroppedBy is null) is { Source: not null } found
            ? found
            : throw ApiRefusalException.From(new(
                DenyCode.Unknown, $"no copy of a list {call.Part("name")} is held; weir watchlist held shows them."));

    private Task<AuditReceipt> NoteAsync(ApiCall call, string act, string outcome, string name) =>
        audit.AppendAsync(EntryOf(call, act, outcome, name), call.Cancel);

    private static AuditEntry EntryOf(ApiCall call, string act, string outcome, string name) => new()
    {
        Actor = call.Actor.Name, Role = call.Actor.RoleWord, Act = act, Outcome = outcome, Reason = name,
    };

    private static HeldList Format(string name, HeldCopy held) =>
        new(name, held.At, held.Entries, held.Before, held.Reason, held.AskedBy, held.DroppedBy);
}
