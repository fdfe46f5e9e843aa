// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Sessions;

/// <summary>The caller's password for the console, with the authenticator that goes with it (ADR 0078). What is set or
/// removed is on record first; no answer holds a password.</summary>
/// <param name="signIn">Null where there is no console.</param>
/// <param name="audit">Where it stands first.</param>
/// <param name="time">The clock.</param>
internal sealed class PasswordRoutes(ConsoleSignIn? signIn, IAuditLog audit, TimeProvider time)
{
    private const string What = "password";

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<PasswordStanding>
        {
            Method = HttpMethods.Get, Path = "console/password", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.Reads,
            Summary = "Whether the console takes passwords, and whether the caller has one.",
            Answer = PasswordJson.Default.PasswordStanding,
            Refusal = _ => RouteRefusal.Of(AuditActions.AskSignIn, What),
            Handle = call => Task.FromResult(Standing(call.Actor.Name)),
        })
        .Add(new ApiRoute<PasswordKey>
        {
            Method = HttpMethods.Post, Path = "console/password/keys", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.ByName, Refusals = [ApiProblems.ConsoleOff, DenyCodes.ToName(DenyCode.RoleMayNot)],
            Summary = "A key for the caller's authenticator: for ten minutes a code of it sets a password.",
            Answer = PasswordJson.Default.PasswordKey, Refusal = _ => RouteRefusal.Of(AuditActions.SetPassword, What),
            Handle = call => Task.FromResult(Key(call)),
        })
        .Add(new ApiRoute<PasswordSetting, PasswordSet>
        {
            Method = HttpMethods.Put, Path = "console/password", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.ByName, Refusals = [ApiProblems.ConsoleOff, DenyCodes.ToName(DenyCode.RoleMayNot)],
            Summary = "Set the caller's password for the console; sessions that the one before opened end.",
            Body = PasswordJson.Default.PasswordSetting, Answer = PasswordJson.Default.PasswordSet,
            Refusal = (_, _) => RouteRefusal.Of(AuditActions.SetPassword, What), Handle = SetAsync,
        })
        .Add(new ApiRoute<PasswordRemoval, PasswordRemoved>
        {
            Method = HttpMethods.Post, Path = "console/password/removal", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.ByName,
            Refusals = [ApiProblems.ConsoleOff, DenyCodes.ToName(DenyCode.RoleMayNot), "unknown"],
            Summary = "Remove the caller's password, or as privacy officer or administrator anybody's; sessions that "
                + "it opened end.",
            Body = PasswordJson.Default.PasswordRemoval, Answer = PasswordJson.Default.PasswordRemoved,
            Refusal = (_, _) => RouteRefusal.Of(AuditActions.RemovePassword, What), Handle = RemoveAsync,
        });

    private ConsolePasswords Passwords => signIn?.Passwords ?? throw new ApiRefusalException(
        ApiProblems.ConsoleOff,
        "the console takes no passwords; set console.enabled and console.passwords, and start the desk again");

    private PasswordStanding Standing(string user) => signIn?.Passwords?.Find(user) is { } one
        ? new(true, one.Since, one.Recovery.Count)
        : new(signIn?.Passwords is not null, null, 0);

    private PasswordKey Key(ApiCall call)
    {
        RefuseToken(call);
        var key = Passwords.ShowKey(call.Actor.Name);
        var name = Uri.EscapeDataString($"Weir:{call.Actor.Name}");
        return new(
            key,
            $"otpauth://totp/{name}?secret={key}&issuer=Weir&digits={OneTimeCode.Digits}"
                + $"&period={OneTimeCode.StepSeconds}",
            time.GetUtcNow() + ConsolePasswords.KeyLife);
    }

    private async Task<PasswordSet> SetAsync(ApiCall call, PasswordSetting asked)
    {
        RefuseToken(call);
        var passwords = Passwords;
        if (ConsolePasswords.FaultOf(call.Actor.Name, asked.Password) is { Length: > 0 } fault)
        {
            throw ApiRefusalException.BadRequest(fault switch
            {
                "name" => "the password holds the user's name; choose another",
                "plain" => "the password repeats a few characters; choose another",
                _ => FormattableString.Invariant(
                    $"a password has {ConsolePasswords.Shortest} to {ConsolePasswords.Longest} characters"),
            });
        }

        await call.RecordAsync(audit, AuditActions.SetPassword, "console");
        try
        {
            return await passwords.SetAsync(call.Actor.Name, asked.Password, asked.Code, call.Cancel) is { } codes
                ? new(codes)
                : throw ApiRefusalException.BadRequest(
                    "the code is none of the key that was shown, or that was over ten minutes ago; ask for a key again");
        }
        catch (TimeoutException busy)
        {
            throw ApiRefusalException.BadRequest(busy.Message);
        }
    }

    private async Task<PasswordRemoved> RemoveAsync(ApiCall call, PasswordRemoval asked)
    {
        RefuseToken(call);
        var passwords = Passwords;
        var user = asked.User is { Length: > 0 } other ? other : call.Actor.Name;
        if (user != call.Actor.Name && call.Actor.Role is not (Role.PrivacyOfficer or Role.Administrator))
        {
            throw ApiRefusalException.From(new(
                DenyCode.RoleMayNot, "Another's password is the privacy officer's or the administrator's to remove."));
        }

        await call.RecordAsync(audit, AuditActions.RemovePassword, user);
        return passwords.Remove(user) ? new(user) : throw ApiRefusalException.From(new(
            DenyCode.Unknown, $"{user} has no password for the console."));
    }

    private static void RefuseToken(ApiCall call)
    {
        if (call.IsByToken)
        {
            throw ApiRefusalException.From(new(
                DenyCode.RoleMayNot,
                "A token sets and removes no password; sign in at the console, or ask over the people's socket."));
        }
    }
}
