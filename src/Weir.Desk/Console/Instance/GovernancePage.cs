// SPDX-License-Identifier: Apache-2.0
//
// What two people answer for: what is in force and who signed it, and what waits, as the difference that is signed. It
// is signed with keys, by a command; a session signs nothing.
using Weir.Desk.Api.Instance;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Instance;

/// <summary>The governance.</summary>
internal static class GovernancePage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Record, "governance", "governance"), ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.governance"],
        await call.Api.GetAsync("governance", InstanceJson.Default.GovernanceResponse),
        now => new FileTable<GovernedPersonRow>("governance", Columns(call), now.People), now => Page(call, now));

    private static Markup Page(ConsoleCall call, GovernanceResponse now)
    {
        var words = call.Words;
        var lead = now.IsLab ? words["governance.lab"]
            : now.Digest.Length == 0 ? words["governance.none"]
            : now.Waits.Length > 0 ? words["governance.waits"] : words["governance.well"];
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.governance"]}"), Markup.Format($"""<p class="sub">{now.Instance} {now.Profile}</p>"""), TablePage.Links(call))}
            <p class="lead"><b>{lead}</b></p>
            {Ui.Section(words["governance.waiting"], "", Waiting(call, now))}
            {(now.IsLab ? Markup.None : Ui.Section(words["governance.in-force"], "", InForce(call, now)))}
            {Ui.Section(words["governance.people"], words["governance.people.sub"], now.People.Count == 0 ? Ui.Empty(words["governance.nobody"], words["governance.nobody.text"]) : TableMarkup.Render(words, Columns(call), now.People, words["governance.people"]))}
            """);
    }

    private static Markup Waiting(ConsoleCall call, GovernanceResponse now)
    {
        var words = call.Words;
        if (now.Waits.Length == 0)
        {
            return Ui.Empty(words["governance.nothing"], words["governance.nothing.text"]);
        }

        return Markup.Format($"""
            {Ui.Note("amber", Ui.Said(words, now.Waits))}
            {(now.Difference.Count == 0 ? Markup.None : Markup.Format($"""
                <p class="small quiet mt">{words["governance.difference"]} <span class="code wrap">{now.WaitingDigest}</span></p>
                <div class="canon diff mt" tabindex="0"><table>{Markup.Join(now.Difference.Select(line => Markup.Format($"<tr class=\"{(line.StartsWith('-') ? "goes" : "comes")}\"><td>{line}</td></tr>")))}</table></div>
                """))}
            <pre class="conf mt" tabindex="0">weir governance show {now.File}
            weir governance sign {now.File} --key ~/.ssh/id_ed25519</pre>
            <p class="small quiet mt">{words["governance.sign"]}</p>
            """);
    }

    private static Markup InForce(ConsoleCall call, GovernanceResponse now)
    {
        var words = call.Words;
        (string Name, string Value)[] facts =
        [
            ("governance.digest", now.Digest), ("governance.signed-by", string.Join(", ", now.SignedBy)),
            ("governance.recovery", string.Join(", ", now.Recovery.Select(role => words.Term("role", role)))),
            ("governance.settings", string.Join(", ", now.Settings)),
            ("governance.event-keys", string.Join('\n', now.EventKeys)),
        ];
        return Markup.Format($"""
            <dl class="facts">{Markup.Join(facts.Where(fact => fact.Value.Length > 0).Select(fact => Markup.Format($"<dt>{words[fact.Name]}</dt><dd>{fact.Value}</dd>")))}</dl>
            """);
    }

    private static TableColumn<GovernedPersonRow>[] Columns(ConsoleCall call) =>
    [
        new("name", one => one.Name) { Class = "lead1" },
        new("role", one => one.Role) { Cell = one => Markup.Format($"{call.Words.Term("role", one.Role)}") },
        new("user", one => one.User),
        new("keys", one => string.Join(' ', one.Keys)) { Class = "full", Cell = one => one.Keys.Count == 0
            ? Ui.Status(Shape.Ring, call.Words["governance.no-key"])
            : Markup.Join(one.Keys.Select(key => Markup.Format($"""<span class="code wrap">{key}</span> """))) },
    ];
}
