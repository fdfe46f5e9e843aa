// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Console.Serving;

/// <summary>Puts on record who came in and went.</summary>
internal sealed class SignInBook(IAuditLog audit, RepeatedRefusals strangers)
{
    /// <summary>A session is opened next.</summary>
    /// <exception cref="AuditException">It could not be made durable; nobody is signed in.</exception>
    public Task OpenedAsync(Actor who, string by, CancellationToken cancel) => audit.AppendAsync(
        Entry(who.Name, who.RoleWord, AuditActions.SignIn, AuditActions.Allow, Place(by)), cancel);

    /// <summary>Somebody in a session showed again who they are.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task ProvedAsync(ConsoleSession session, string by, CancellationToken cancel) => audit.AppendAsync(
        Entry(session.Who.Name, session.Who.RoleWord, AuditActions.SignIn, AuditActions.Allow,
            $"{Place(by)}, again in {session.Id}"), cancel);

    /// <summary>Something else than a link was none. Many of a minute are one entry with their number.</summary>
    /// <param name="user">Whose it would be; empty where nobody knows.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task RefusedAsync(string user, string why, CancellationToken cancel) => strangers.NoteAsync(
        Entry(user.Length > 0 ? user : "nobody", "none", AuditActions.SignIn,
            DenyCodes.ToName(DenyCode.NotAuthenticated), why), cancel);

    /// <summary>A link was none, over or used. Many of a minute are one entry with their number.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task RefusedAsync(CancellationToken cancel) => strangers.NoteLinkAsync(cancel);

    /// <summary>A session ended otherwise than by its time.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task EndedAsync(ConsoleSession session, string why, CancellationToken cancel) => audit.AppendAsync(
        Entry(session.Who.Name, session.Who.RoleWord, AuditActions.SignOut, AuditActions.Allow,
            $"{session.Id}: {why}"), cancel);

    private static string Place(string by) => by.Length == 0 ? "console" : $"console, {by}";

    private static AuditEntry Entry(string actor, string role, string act, string outcome, string reason) => new()
    {
        Actor = actor, Role = role, Act = act, Outcome = outcome, Reason = reason,
    };
}
