// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Contracts.Events;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Customers;
using Weir.Vault.Notifying;
using Weir.Vault.Texts;

namespace Weir.Tests.Vault.Texts;

/// <summary>What customers are told: every language says everything, with the same values.</summary>
public sealed class TextCatalogueTests : IDisposable
{
    private static readonly TextCatalogue Own = TextCatalogue.Read(null);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-texts-").FullName;

    public static TheoryData<string> Keys => [.. TextEntries.All.Keys];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void English_and_German_come_with_Weir() =>
        Assert.Equal(["de", "en"], Own.Languages.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_entry_stands_in_every_language_with_the_same_values_and_in_words_of_its_own(string key)
    {
        var entry = TextEntries.All[key];
        var (english, german) = (Own.In("en"), Own.In("de"));

        Assert.NotEmpty(english[entry]);
        Assert.NotEmpty(german[entry]);
        Assert.Equal(english.Template(entry).Names.Order(), german.Template(entry).Names.Order());
        Assert.NotEqual(english[entry], german[entry]);
        Assert.Equal(english.Lines(entry).Count, german.Lines(entry).Count);
    }

    [Fact]
    public void Every_rule_purpose_unit_step_and_action_has_its_words_and_every_entry_in_code_is_one_of_a_language()
    {
        foreach (var finding in RuleId.All.Append("complaint-handling").Append("customer-diagnosis"))
        {
            Assert.Contains(finding, CustomerFacts.Findings);
            Assert.All(
                new[] { TextEntries.Heading(finding), TextEntries.About(finding), TextEntries.Advice(finding) },
                entry => Assert.Contains(entry.Name, TextEntries.All.Keys));
        }

        foreach (var field in typeof(TextEntries).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            foreach (var entry in field.GetValue(null) switch
            {
                TextEntry one => [one],
                (TextEntry title, TextEntry text) => new[] { title, text },
                _ => [],
            })
            {
                Assert.Same(entry, TextEntries.All[entry.Name]);
            }
        }
    }

    [Theory]
    [InlineData("en", 1, "1 exchange within 600 s; the threshold is 1")]
    [InlineData("en", 1.5, "1.5 exchanges within 600 s; the threshold is 1")]
    [InlineData("en", 12, "12 exchanges within 600 s; the threshold is 1")]
    [InlineData("de", 1, "1 Mal ausgetauscht in 600 s; die Schwelle ist 1")]
    public void One_is_told_in_the_singular(string language, double value, string said) =>
        Assert.Equal(said, Own.In(language).Measured(new(value, 1, "exchanges", 600)));

    [Fact]
    public void A_link_of_the_preview_has_the_form_of_a_true_one() => Assert.Contains(
        $"https://help.example.net{CaseLinks.Path}EXAMPLE",
        NoticeSample.Write(Own, new NoticeDeliveryOptions(), NoticeStep.Found, "en").Plain, StringComparison.Ordinal);

    [Fact]
    public void No_text_speaks_of_fields_or_lists()
    {
        foreach (var (language, entry) in Own.Languages.SelectMany(
            tag => TextEntries.All.Values.Select(entry => (Own.In(tag), entry))))
        {
            Assert.DoesNotContain(
                new[] { "rport", "raddr", "sport", "scope", "lease", "pseudonym" },
                word => language[entry].Split(' ', '.', ',', ':', ';', '=', '(', ')').Contains(
                    word, StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>What is shown only once the vault knows that the line is clean, or that something is closed.</summary>
    [Theory]
    [InlineData("en", @"^Clean\b|(?<!until it )\bis clean[:.]", "subject.clean lead.clean page.clean check.clean check.clean-since")]
    [InlineData("de", @"^Sauber\b|\bist sauber:|\bist sauber\.", "subject.clean lead.clean page.clean check.clean check.clean-since")]
    [InlineData(
        "en", @"\b(cannot (be )?reach(ed)?|(?<!case )is closed|is restricted|is partly restricted|do not lead to)\b",
        "done.closed-for-line done.closed-for-all done.name-closed done.leaky-garden done.strict-garden "
            + "subject.endpoint-blocked lead.endpoint-blocked subject.leaky-garden lead.leaky-garden "
            + "subject.strict-garden lead.strict-garden")]
    [InlineData(
        "de", @"\b(erreicht|erreichbar|ist (für Ihren Anschluss )?gesperrt|(ist|wird) (seit \{\{time\}\} )?(teilweise )?eingeschränkt|"
            + @"führt seit|führen nicht)\b",
        "done.closed-for-line done.closed-for-all done.name-closed done.leaky-garden done.strict-garden "
            + "subject.endpoint-blocked lead.endpoint-blocked subject.leaky-garden lead.leaky-garden "
            + "subject.strict-garden lead.strict-garden done.nothing")]
    public void Clean_and_closed_are_said_by_no_text_but_those_that_are_shown_when_it_is_so(
        string language, string words, string allowed)
    {
        foreach (var entry in TextEntries.All.Values.Where(entry => !allowed.Split(' ').Contains(entry.Name)))
        {
            Assert.False(
                Regex.IsMatch(Own.In(language)[entry], words), $"{entry.Name} of {language}");
        }

        Assert.True(allowed.Split(' ').Count(
            name => Regex.IsMatch(Own.In(language)[TextEntries.All[name]], words)) >= 4, "they do say it");
    }

    [Fact]
    public void Times_and_numbers_are_written_as_the_language_does()
    {
        var at = new DateTimeOffset(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);
        Assert.Equal(
            ("2 March 2026, 08:15 UTC", "2 March 2026", "80,000.5"),
            (Own.In("en").Time(at), Own.In("en").Day(at), Own.In("en").Number(80_000.5)));
        Assert.Equal(
            ("02.03.2026, 08:15 Uhr UTC", "02.03.2026", "80.000,5"),
            (Own.In("de").Time(at), Own.In("de").Day(at), Own.In("de").Number(80_000.5)));
    }

    [Fact]
    public void A_folder_replaces_file_by_file_and_may_add_a_language()
    {
        Put("notice.txt", "Our own: {{subject}}\n{{title.todo}}");
        Put("words.fr.txt", Came("words.en.txt").Replace("What you can do", "Que faire", StringComparison.Ordinal));

        var catalogue = TextCatalogue.Read(_folder);

        Assert.Equal(["de", "en", "fr"], catalogue.Languages.Order(StringComparer.Ordinal));
        var text = new NoticeText(
            catalogue, new NoticeDeliveryOptions { Provider = "P", Phone = "1", Page = new("https://example.net") });
        Assert.StartsWith(
            "Our own: A device", text.Write(Example, new CustomerContact("", "en", false, "")).Plain,
            StringComparison.Ordinal);
        Assert.Contains(
            "QUE FAIRE", text.Write(Example, new CustomerContact("", "fr", false, "")).Plain,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "en")]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    public void A_language_without_texts_is_told_in_its_main_one_or_in_English(string asked, string spoken) =>
        Assert.Equal(spoken, Own.In(asked).Tag);

    [Theory]
    [InlineData("notice.txt", "Dear {{customer}}", "no 'customer'")]
    [InlineData("notice.html", "{{#done}}{{item}}", "does not end")]
    [InlineData("notice.html", "{{/done}}", "did not begin")]
    [InlineData("notice.txt", "{{done}}", "is a list")]
    [InlineData("notice.txt", "{{item}}", "outside a list")]
    [InlineData("notice.txt", "{{ subject }}", "is no placeholder")]
    [InlineData("words.en.txt", "greeting = Hello", "is missing")]
    [InlineData("words.fr.txt", "greeting = Hello", "is missing")]
    [InlineData("words.en.txt", "farewell = Bye", "no word 'farewell'")]
    [InlineData("words.en.txt", "greeting Hello", "is not `key = text`")]
    [InlineData("words.en.txt", "greeting = Hello\ngreeting = Hello", "is not `key = text`")]
    [InlineData("notice.en.txt", "{{subject}}", "is no text")]
    [InlineData("readme.md", "what is this", "is no text")]
    public void What_cannot_be_filled_refuses_the_start_and_says_where(string file, string text, string why)
    {
        Put(file, text);

        var fault = Assert.Throws<InvalidDataException>(() => TextCatalogue.Read(_folder)).Message;

        Assert.Contains(why, fault, StringComparison.Ordinal);
        Assert.Contains(file, fault, StringComparison.Ordinal);
        Assert.StartsWith("vault.notices.templates: ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("greeting = Dear customer,", "greeting = Hello {{mail}}", "no 'mail'")]
    [InlineData("done.leaky-garden = Your line", "done.leaky-garden = {{provider}}", "no 'provider'")]
    [InlineData("finding.scan.heading = Search for open devices from your line", "", "'finding.scan.heading' is missing")]
    [InlineData("unit.bits/s = bits a second", "unit.bits/s =", "'unit.bits/s' is missing")]
    [InlineData("format.day = d MMMM yyyy", "format.day = %", "cannot be written")]
    public void An_entry_that_is_wrong_or_missing_refuses_the_start_and_says_which(
        string was, string now, string why)
    {
        var came = Came("words.en.txt");
        Assert.Contains(was, came, StringComparison.Ordinal);
        Put("words.en.txt", came.Replace(was, now, StringComparison.Ordinal));

        Assert.Contains(
            why, Assert.Throws<InvalidDataException>(() => TextCatalogue.Read(_folder)).Message,
            StringComparison.Ordinal);
    }

    private static CustomerNotice Example => new(
        new(1), new(2), NoticeStep.Found,
        new CustomerFacts
        {
            Finding = RuleId.Spam,
            Purpose = Purpose.SpamSource,
            Class = new() { Protocol = 6, RemotePorts = [25] },
            First = DateTimeOffset.UnixEpoch,
            Last = DateTimeOffset.UnixEpoch
        },
        [], "");

    private static string Came(string name)
    {
        using var reader = new StreamReader(
            typeof(TextCatalogue).Assembly.GetManifestResourceStream($"texts/{name}")!);
        return reader.ReadToEnd();
    }

    private void Put(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
