// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Sessions;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Account;

/// <summary>One's own password: a key for the authenticator, then a password with a code of it, then the recovery
/// codes, once.</summary>
internal static class PasswordPage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Act("me/password/key", "POST console/password/keys", "me", KeyAsync);
        routes.Act("me/password", "PUT console/password", "me", SetAsync);
        routes.Act("me/password/remove", "POST console/password/removal", "me", RemoveAsync);
    }

    /// <summary>How it stands, on one's page; nothing where passwords are off.</summary>
    public static async Task<Markup> SectionAsync(ConsoleCall call)
    {
        var words = call.Words;
        var reply = await call.Api.GetAsync("console/password", PasswordJson.Default.PasswordStanding);
        if (reply.Value is not { IsOn: true } standing)
        {
            return Markup.None;
        }

        var stands = standing.Since is { } since
            ? Markup.Format($"""
                <p>{words["password.since"]} {Ui.Time(words, since, call.Now)}.
                {words.Count("password.left", standing.RecoveryLeft)}</p>
                """)
            : Markup.Format($"""<p>{words["password.none"]}</p>""");
        var remove = standing.Since is null ? Markup.None
            : Forms.Post(call, "/me/password/remove", Forms.Button(words["password.remove"]));
        var set = Forms.Button(words[standing.Since is null ? "password.set" : "password.change"]);
        return Ui.Section(words["password.title"], words["password.sub"], Markup.Format($"""
            {stands}
            <div class="acts mt">{Forms.Post(call, "/me/password/key", set)}{remove}</div>
            """));
    }

    private static async Task<ConsoleAnswer> KeyAsync(ConsoleCall call)
    {
        var words = call.Words;
        var reply = await call.Api.DoAsync("POST console/password/keys", PasswordJson.Default.PasswordKey);
        return reply.Value is not { } key
            ? TablePage.Refused(call, words["password.title"], reply.Problem!, "/me")
            : new PageAnswer(words["password.title"], Markup.Format($"""
                {Ui.Head(words["password.title"], words["password.lead"])}
                <pre class="conf" tabindex="0" data-totp-key>{string.Join(' ', key.Key.Chunk(4).Select(four => new string(four)))}</pre>
                <p class="small mt"><a href="{key.Address}">{words["password.open"]}</a>
                {words["password.until"]} {Ui.Time(words, key.Until, call.Now)}</p>
                {Forms.Post(call, "/me/password", Fields(call), "narrow")}
                """));
    }

    private static Markup Fields(ConsoleCall call)
    {
        var (words, shortest) = (call.Words, ConsolePasswords.Shortest);
        return Markup.Format($"""
            <label class="f" for="password">{words.Fill("password.new", ("n", words.Number((long)shortest)))}</label>
            <input id="password" name="password" type="password" minlength="{shortest}" maxlength="{ConsolePasswords.Longest}"
            autocomplete="new-password" required>
            <label class="f" for="again">{words["password.repeat"]}</label>
            <input id="again" name="again" type="password" maxlength="{ConsolePasswords.Longest}"
            autocomplete="new-password" required>
            <label class="f" for="code">{words["password.code.now"]}</label>
            <input id="code" name="code" type="text" maxlength="16" inputmode="numeric" autocomplete="one-time-code"
            spellcheck="false" required>
            <div class="acts mt">{Forms.Button(words["password.set"], "first")}
            <a class="btn plain" href="/me">{words["back"]}</a></div>
            """);
    }

    private static async Task<ConsoleAnswer> SetAsync(ConsoleCall call)
    {
        var words = call.Words;
        if (call.Field("password") != call.Field("again"))
        {
            return TablePage.BadForm(call, words["password.title"], words["password.differ"], "/me");
        }

        var reply = await call.Api.DoAsync(
            "PUT console/password", new PasswordSetting(call.Field("password"), call.Field("code")),
            PasswordJson.Default.PasswordSetting, PasswordJson.Default.PasswordSet);
        return reply.Value is not { } set
            ? TablePage.Refused(call, words["password.title"], reply.Problem!, "/me")
            : new PageAnswer(words["password.title"], Markup.Format($"""
                {Ui.Head(words["password.is-set"], words["password.recovery"])}
                <pre class="conf" tabindex="0" data-recovery>{string.Join('\n', set.RecoveryCodes)}</pre>
                <p class="mt"><a class="btn" href="/me">{words["password.kept"]}</a></p>
                """));
    }

    private static async Task<ConsoleAnswer> RemoveAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync(
            "POST console/password/removal", new PasswordRemoval(), PasswordJson.Default.PasswordRemoval,
            PasswordJson.Default.PasswordRemoved);
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["password.title"], problem, "/me")
            : new RedirectAnswer("/me") { Done = "password-removed" };
    }
}
