// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Sessions;

/// <summary>The way into the console, and sessions there. A link is given to the user at the other end
/// of the socket, for that user's role alone; that it was asked for is on record first.</summary>
/// <param name="signIn">Null where there is no console.</param>
/// <param name="audit">Where it stands first.</param>
/// <param name="time">Dates links.</param>
internal sealed class SessionRoutes(ConsoleSignIn? signIn, IAuditLog audit, TimeProvider time)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<SignInLink>
        {
            Method = HttpMethods.Post, Path = "console/links", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.ByName,
            Summary = "A link that signs the caller in at the console, once, within two minutes.",
            Refusals = [ApiProblems.ConsoleOff, DenyCodes.ToName(DenyCode.RoleMayNot)],
            Answer = SessionJson.Default.SignInLink,
            Refusal = _ => RouteRefusal.Of(AuditActions.AskSignIn, "console"), Handle = LinkAsync,
        })
        .Add(new ApiRoute<SessionsResponse>
        {
            Method = HttpMethods.Get, Path = "console/sessions", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.Reads,
            Summary = "The caller's own sessions at the console; everybody's for who may end them: the privacy officer "
                + "and the administrator.",
            Refusals = [ApiProblems.ConsoleOff],
            Answer = SessionJson.Default.SessionsResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.AskSignIn, "sessions"),
            Handle = call => Task.FromResult(new SessionsResponse(
                [.. Theirs(call).Select(Summary)])),
        })
        .Add(new ApiRoute<SessionEnded>
        {
            Method = HttpMethods.Post, Path = "console/sessions/{id}/end", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.ByName,
            Summary = "End one of the caller's own sessions, at once; the privacy officer and the administrator may "
                + "end anybody's.",
            Refusals = ["unknown", ApiProblems.ConsoleOff], Answer = SessionJson.Default.SessionEnded,
            Refusal = call => RouteRefusal.Of(AuditActions.SignOut, call.Part("id")), Handle = EndAsync,
        });

    private ConsoleSignIn SignIn => signIn ?? throw new ApiRefusalException(
        ApiProblems.ConsoleOff, "there is no console; set console.enabled and start the desk again");

    private async Task<SignInLink> LinkAsync(ApiCall call)
    {
        if (call.IsByToken)
        {
            throw ApiRefusalException.From(new(
                DenyCode.RoleMayNot, "A token opens no session; ask over the people's socket: weir console link."));
        }

        var into = SignIn;
        await call.RecordAsync(audit, AuditActions.AskSignIn, "console");
        return new(
            into.LinkOf(into.Links.Issue(call.Actor)), time.GetUtcNow() + SignInLinks.Life, call.Actor.RoleWord);
    }

    private async Task<SessionEnded> EndAsync(ApiCall call)
    {
        var id = call.Part("id");
        var session = Theirs(call).FirstOrDefault(one => one.Id == id) ?? throw ApiRefusalException.From(new(
            DenyCode.Unknown, $"{call.Actor.Name} has no session {id}; weir console sessions lists them."));
        await call.RecordAsync(
            audit, AuditActions.SignOut, session.Who.Name == call.Actor.Name ? id : $"{id} of {session.Who.Name}");
        _ = SignIn.Sessions.End(session);
        return new(id);
    }

    /// <summary>Sessions that the caller may see and end.</summary>
    private IReadOnlyList<ConsoleSession> Theirs(ApiCall call) =>
        call.Actor.Role is Role.PrivacyOfficer or Role.Administrator
            ? SignIn.Sessions.All()
            : SignIn.Sessions.Of(call.Actor.Name);

    private static SessionSummary Summary(ConsoleSession session) => new(
        session.Id, session.Who.Name, session.Who.RoleWord, session.OpenedAt, session.UsedAt, session.OpenedAt
            + ConsoleSessions.Longest);
}
