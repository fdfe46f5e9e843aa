// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Console;
using Weir.Desk.Console.Words;
using Weir.Desk.Policy;
using Weir.Tests.Cases;
using Weir.Tests.Cases.Braking;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>German pages say nothing in English but what is marked as that: refusals, reasons and facts too.</summary>
public sealed partial class ConsoleGermanTests : IAsyncLifetime
{
    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    /// <summary>Of everybody, so that refusals of roles are among them.</summary>
    [Fact]
    public async Task No_page_of_anybody_has_an_English_sentence()
    {
        await _console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        await _console.Cases.HandleAsync(CaseHandlerFixture.Event(
            2, 2, RuleId.CncContact, CaseHandlerFixture.Class(Direction.Both, Protocols.Tcp, [8443], "203.0.113.9")));
        var id = _console.Cases.Desk.Files.First().Id.ToString();
        string[] more =
        [
            $"cases/{id}", $"cases/{id}/evidence", $"cases/{id}/ask?what=out/tcp/25", $"cases/{id}/disclosure",
            "endpoint?endpoint=203.0.113.9:8443/tcp", "endpoint?endpoint=x", "blocks/b-0000000000000001",
            "approvals/a-0000000000000001", "disclosures/a-0000000000000001", "compare?run=20200101T000000Z",
            "cases?state=nonsense", "nothing",
        ];
        var pages = ConsoleRouteTable.Create().All.Where(route => route.Method == "GET" && route.Path != "changes"
            && !route.Path.Contains('{', StringComparison.Ordinal)).Select(route => route.Path).Concat(more).ToList();
        List<string> found = [];
        foreach (var (user, _) in ConsoleFixture.People)
        {
            var browser = await _console.SignInAsync(user);
            foreach (var path in pages)
            {
                var answer = await _console.SendAsync("GET", $"/{path}", browser.Cookie, null, ("Accept-Language", "de"));
                found.AddRange(English(answer.Text).Select(text => $"{user} /{path}: {text}"));
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found.Distinct().Take(40)));
    }

    /// <summary>A network that too many lines met, and an edit of a list that too many lines met together.</summary>
    [Fact]
    public async Task What_the_brake_holds_is_said_in_German()
    {
        const int Bound = 3;
        await using var console = await ConsoleFixture.OpenAsync(brake: new(Bound, Bound, TimeSpan.FromMinutes(5)));
        var edits = (MadeEdits)console.Cases.Edits;
        _ = edits.Bring(console.Cases.Clock.GetUtcNow(), "203.0.113.0/24");
        _ = edits.Bring(console.Cases.Clock.GetUtcNow(), "198.51.100.0/24", "192.0.2.0/24");
        string[] met = ["203.0.113.9", "203.0.113.9", "203.0.113.9", "203.0.113.9", "198.51.100.1", "198.51.100.2",
            "192.0.2.1", "192.0.2.2"];
        await console.Cases.HandleAsync([.. met.Select((one, i) => CaseHandlerFixture.Event(
            (ulong)i + 1, (uint)i + 1, RuleId.CncContact,
            CaseHandlerFixture.Class(Direction.Both, Protocols.Tcp, [443], one)) with
        {
            Sources = 1, Detail = "listed by our-c2",
        })]);

        Assert.Equal(
            ["203.0.113.0/24", "update-3"],
            console.Cases.Desk.Networks.Where(row => row.State == HeldNetworkState.Held)
                .Select(row => row.Name.ToString()).Order());
        var olaf = await console.SignInAsync("olaf");
        var page = await console.SendAsync("GET", "/lists", olaf.Cookie, null, ("Accept-Language", "de"));
        Assert.Contains("weir watchlist decide 203.0.113.0/24 --release", page.Text, StringComparison.Ordinal);
        Assert.Contains("weir watchlist decide update-3 --drop", page.Text, StringComparison.Ordinal);
        Assert.Contains("our-c2", page.Text, StringComparison.Ordinal);
        Assert.Empty(English(page.Text));
    }

    /// <summary>What an act was refused for, in the person's language; the API's own words stand behind it.</summary>
    [Fact]
    public async Task A_refusal_says_in_German_what_its_code_means()
    {
        var olaf = await _console.SignInAsync("olaf");
        var answer = await _console.SendAsync(
            "POST", "/endpoint/hold", olaf.Cookie,
            ConsoleFixture.Form(("form-key", await olaf.FormKeyAsync()), ("endpoint", "x"), ("reason", "three words here")),
            ("Accept-Language", "de"));

        Assert.Equal(400, answer.Status);
        Assert.Contains("Etwas im Formular ist nicht, was hier genommen wird.", answer.Text, StringComparison.Ordinal);
        Assert.Matches("<p lang=\"en\">[^<]*x[^<]*is no endpoint", answer.Text);
        Assert.Empty(English(answer.Text));
    }

    /// <summary>A code without words would leave a page in English.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public void Every_refusal_of_the_API_has_words(string language)
    {
        var words = WordCatalogue.Read().In(language);

        Assert.All(
            ApiProblems.All, kind => Assert.True(words.Find($"problem.{kind.Code}") is not null, $"problem.{kind.Code}"));
    }

    [Fact]
    public void Sentences_of_other_parts_are_found_with_their_values()
    {
        var german = WordCatalogue.Read().In("de");

        Assert.Equal(
            "<10 befallene Anschlüsse hatten Kontakt, wo 0.3 zu erwarten waren; dazu 20–49 andere",
            german.Phrase("<10 infected subjects contacted it where 0.3 were to be expected; 20–49 others did"));
        Assert.Equal(
            "80000 packets/s gegen 10000 in 10 s, eines von 1, gesagt von 192.0.2.1; DNS reflector",
            german.Phrase("80000 packets/s against 10000 in 10 s, one in 1, told by 192.0.2.1; DNS reflector"));
        Assert.Equal(
            "1 Austausch gegen 1 in 600 s, eines von 1, gesagt von 192.0.2.1",
            german.Phrase("1 exchange against 1 in 600 s, one in 1, told by 192.0.2.1"));
        Assert.Equal(
            "2 Austausche gegen 1 in 600 s, eines von 1, gesagt von 192.0.2.1",
            german.Phrase("2 exchanges against 1 in 600 s, one in 1, told by 192.0.2.1"));
        Assert.Equal("zu alt: Liste ours ist 3.0 T alt", german.Phrase("too old: list ours is 3.0 d old"));
        Assert.Null(german.Phrase("a sentence that nobody knows"));
        Assert.Equal("as it is", WordCatalogue.Read().In("en").Phrase("as it is"));
    }

    /// <summary>Why a scope is sealed, of each kind, on the case's page and beside its ladder.</summary>
    [Fact]
    public async Task Every_seal_is_said_in_German()
    {
        var german = WordCatalogue.Read().In("de");
        await using var place = await CaseHandlerFixture.OpenAsync();
        await place.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        var scope = place.Scopes.Single().Scope;
        ScopeStatus[] kinds =
        [
            new(scope, ScopeState.Sealed, 0), new(scope, ScopeState.Open, 0) { IsBraked = true },
            .. Enum.GetValues<EvidenceDoubt>().Where(doubt => doubt != EvidenceDoubt.None)
                .Select(doubt => new ScopeStatus(scope, ScopeState.Open, 0) { Doubt = doubt }),
        ];

        Assert.All(kinds, kind =>
        {
            var why = ScopeSeals.Of(kind)!.Why;
            Assert.StartsWith("Versiegelt bis 1970-01-01 00:00 UTC: ", german.Phrase(why), StringComparison.Ordinal);
            Assert.StartsWith(
                "c-1 hat keine Stufen: Versiegelt bis", german.Phrase($"c-1 has no ladder: {why}"), StringComparison.Ordinal);
        });
    }

    /// <summary>A sentence that nothing says any more is no use: its fixed parts stand in the sources, as they are
    /// written there.</summary>
    [Fact]
    public void What_is_translated_is_said_somewhere()
    {
        var sources = string.Concat(Directory.EnumerateFiles(
            Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        var said = Joined().Replace(sources, "");
        var file = Path.Combine(RepositoryRoot.Path, "src", "Weir.Desk", "Console", "Words", "phrases.de.txt");
        var lost = from english in PhraseBook.Parse("phrases.de.txt", File.ReadAllText(file)).English
                   from part in Mark().Split(english)
                   from piece in Joint().Split(part)
                   let text = piece.Trim(' ', '.', '(', ')')
                   where text.Length > 12 && !said.Contains(text, StringComparison.Ordinal)
                   select string.Create(CultureInfo.InvariantCulture, $"{english}: '{text}'");

        Assert.Empty(lost);
    }

    private static List<string> English(string page)
    {
        var main = Content().Match(page).Value;
        var text = Tag().Replace(Foreign().Replace(main, " "), "\n");
        return [.. WebUtility.HtmlDecode(text).Split('\n').Select(line => line.Trim()).Where(line => Words().IsMatch(line))];
    }

    [GeneratedRegex("""<main.*</main>""", RegexOptions.Singleline)]
    private static partial Regex Content();

    /// <summary>What is no sentence of this page: code, commands, what is marked as English.</summary>
    [GeneratedRegex(
        """<(code|pre|kbd|script|textarea)\b.*?</\1>|<(span|p|td|b)\b[^>]*(class="[^"]*\bcode\b[^"]*"|lang="en"|data-said)[^>]*>.*?</\2>""",
        RegexOptions.Singleline)]
    private static partial Regex Foreign();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"(?<![\p{L}-])(the|and|is|are|of|with|for|this|that|been|which|from|they|by|has|have|its|until|nobody|where)(?![\p{L}-])",
        RegexOptions.IgnoreCase)]
    private static partial Regex Words();

    /// <summary>A text that is written over several lines.</summary>
    [GeneratedRegex("""["]\s*\+\s*\$?["]""")]
    private static partial Regex Joined();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Mark();

    /// <summary>Where sentences are put together of parts.</summary>
    [GeneratedRegex(@"[;,:]| looks like | met (?=at )")]
    private static partial Regex Joint();
}
