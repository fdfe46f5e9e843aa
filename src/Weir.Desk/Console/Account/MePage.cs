// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Sessions;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Account;

/// <summary>Who I am here, how it looks, and my sessions.</summary>
internal static class MePage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Weir, "me", "console/sessions"), ShowAsync);
        routes.Act("me/look", "GET console/sessions", "me", call => Task.FromResult<ConsoleAnswer>(new LookAnswer(
            call.Field("theme"), call.Field("density"), call.Field("language"))));
        routes.Act("me/sessions/{id}/end", "POST console/sessions/{id}/end", "me", EndAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var words = call.Words;
        var reply = await call.Api.GetAsync("console/sessions", SessionJson.Default.SessionsResponse);
        if (reply.Value is not { } mine)
        {
            return TablePage.Refused(call, words["rail.me"], reply.Problem!);
        }

        TableColumn<SessionSummary>[] columns =
        [
            new("session", one => one.Id) { Class = "lead1", Cell = one => Markup.Format($"""{Ui.Code(one.Id)}{(one.Id == call.Session.Id ? Markup.Format($" {Ui.Status(Shape.Open, words["me.this"])}") : Markup.None)}""") },
            new("user", one => one.User),
            new("role", one => one.Role) { Cell = one => Markup.Format($"{words.Term("role", one.Role)}") },
            new("since", one => one.Opened.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Time(words, one.Opened, call.Now) },
            new("used", one => one.Used.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Time(words, one.Used, call.Now) },
            new("ends", one => one.Ends.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Time(words, one.Ends, call.Now) },
            new("next", _ => "")
            {
                Cell = one => Forms.Post(call, $"/me/sessions/{one.Id}/end",
                    Forms.Button(one.Id == call.Session.Id ? words["me.leave"] : words["me.end"])),
            },
        ];
        if (TablePage.File(call, reply.Octets, new FileTable<SessionSummary>("sessions", columns[..^1], mine.Sessions))
            is { } file)
        {
            return file;
        }

        var password = await PasswordPage.SectionAsync(call);
        return new PageAnswer(words["rail.me"], Markup.Format($"""
            {Ui.Head(Markup.Format($"{call.Actor.Name}"), Markup.Format($"""<p class="sub">{words.Term("role", call.Actor.RoleWord)} · {words["me.sub"]}</p>"""), TablePage.Links(call))}
            {Ui.Note("", Markup.Format($"{words["me.keys"]}"))}
            {Ui.Section(words["me.sessions"], words["me.sessions.sub"], TableMarkup.Render(words, columns, mine.Sessions, words["me.sessions"]))}
            {password}
            {Ui.Section(words["me.look"], "", Look(call))}
            """));
    }

    private static Markup Look(ConsoleCall call)
    {
        var (words, look) = (call.Words, call.Look);
        return Forms.Post(call, "/me/look", Markup.Format($"""
            {Forms.Choice("theme", words["look.theme"], look.Theme, ConsoleLook.Themes.Select(one => (one, words[$"theme.{one}"])))}
            {Forms.Choice("density", words["look.density"], look.Density, ConsoleLook.Densities.Select(one => (one, words[$"density.{one}"])))}
            {Forms.Choice("language", words["look.language"], look.Language, [("", words["language.browser"]), ("de", "Deutsch"), ("en", "English")])}
            <div class="acts mt">{Forms.Button(words["look.save"], "first")}</div>
            """), "narrow");
    }

    private static async Task<ConsoleAnswer> EndAsync(ConsoleCall call)
    {
        var id = call.Part("id");
        var reply = await call.Api.DoAsync(
            "POST console/sessions/{id}/end", SessionJson.Default.SessionEnded, ("id", id));
        return reply.Problem is { } problem ? TablePage.Refused(call, call.Words["rail.me"], problem, "/me")
            : id == call.Session.Id ? new RedirectAnswer("/sign-in?why=left")
                : new RedirectAnswer("/me") { Done = "ended" };
    }
}
