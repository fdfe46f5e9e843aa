// SPDX-License-Identifier: Apache-2.0
using System.Net;
using FsCheck.Xunit;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Tests.Vault.Notifying;

public sealed class NoticeTextTests
{
    private const string FarEnd = "192.0.2.7:443/tcp";

    private static readonly DateTimeOffset First = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);
    private static readonly NoticeText Text = new(TextCatalogue.Read(null), new NoticeDeliveryOptions
    {
        Provider = "Example Net",
        Phone = "+1 555 0100",
        Page = new("https://www.example.net/security")
    });

    public static TheoryData<NoticeStep, string> All
    {
        get
        {
            var all = new TheoryData<NoticeStep, string>();
            foreach (var step in Enum.GetValues<NoticeStep>())
            {
                all.Add(step, "en");
                all.Add(step, "de");
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_step_in_every_language_has_the_facts_the_page_whom_to_call_and_how_to_be_sure(
        NoticeStep step, string language)
    {
        var (subject, plain, html) = Text.Write(Notice(step), Contact(language));

        Assert.NotEmpty(subject);
        string[] times = language == "de"
            ? ["02.03.2026, 08:15 Uhr UTC", "02.03.2026, 11:15 Uhr UTC"]
            : ["2 March 2026, 08:15 UTC", "2 March 2026, 11:15 UTC"];
        foreach (var text in new[] { plain, html })
        {
            Assert.All(
                new[]
                {
                    FarEnd, "c-000000000000ca5e", "https://help.example.net/case/x", "+1 555 0100",
                    "https://www.example.net/security", "Example Net", "Ann Example",
                }.Concat(times),
                fact => Assert.Contains(fact, text, StringComparison.Ordinal));
            Assert.All(
                new[] { "{{", "rport=", "raddr=" },
                never => Assert.DoesNotContain(never, text, StringComparison.Ordinal));
        }

        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_German_mail_is_German_and_says_clean_when_it_is_clean()
    {
        var (subject, plain, _) = Text.Write(
            Notice(NoticeStep.Found) with { Facts = Facts with { Measured = new(1_234.5, 10, "bits/s", 60) } },
            Contact("de"));

        Assert.Contains("1.234,5 Bit je Sekunde in 60 s; die Schwelle ist 10", plain, StringComparison.Ordinal);
        Assert.Contains(
            "TCP in beiden Richtungen, Port 443 der Gegenstelle, Gegenstelle 192.0.2.7", plain,
            StringComparison.Ordinal);
        Assert.All(
            new[] { "the ", "your ", "line", "seen", "First", "against" },
            english => Assert.DoesNotContain(english, subject + plain, StringComparison.Ordinal));
        Assert.Contains("ist sauber", Text.Write(Notice(NoticeStep.Clean), Contact("de")).Plain, StringComparison.Ordinal);
        Assert.StartsWith("Clean: ", Text.Write(Notice(NoticeStep.Clean), Contact("en")).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Languages_differ_and_what_is_empty_is_left_out()
    {
        var notice = Notice(NoticeStep.Found) with { Link = "", Facts = Facts with { FarEnd = null, Measured = null } };
        var english = Text.Write(notice, Contact("en"));
        var german = Text.Write(notice, Contact("de") with { Name = "" });

        Assert.Contains("WHAT YOU CAN DO", english.Plain, StringComparison.Ordinal);
        Assert.Contains("WAS SIE TUN KÖNNEN", german.Plain, StringComparison.Ordinal);
        Assert.StartsWith("Guten Tag,", german.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("YOUR PAGE", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Measured", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Far end:", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("href", english.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_was_done_is_said_and_in_the_customers_language()
    {
        var done = Notice(NoticeStep.EndpointBlocked) with
        {
            Done = [new(ActionKind.ClosedForLine, FarEnd, First.AddDays(14))],
        };

        var german = Text.Write(done, Contact("de"));
        Assert.Contains(
            $"WAS GETAN WURDE: Ihr Anschluss erreicht {FarEnd} nicht, längstens bis 16.03.2026, 08:15 Uhr UTC.",
            german.Plain, StringComparison.Ordinal);

        foreach (var step in Enum.GetValues<NoticeStep>())
        {
            Assert.DoesNotContain(
                "WHAT WAS DONE", Text.Write(Notice(step), Contact("en")).Plain, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nobody_is_told_of_an_infected_device_where_none_was_found()
    {
        foreach (var (finding, purpose) in new[]
        {
            (RuleId.FloodIn, Purpose.NetworkIntegrity), ("complaint-handling", Purpose.ComplaintHandling),
            ("customer-diagnosis", Purpose.CustomerDiagnosis),
        })
        {
            var (subject, plain, _) = Text.Write(
                Notice(NoticeStep.Found) with { Facts = Facts with { Finding = finding, Purpose = purpose } },
                Contact("en"));
            Assert.DoesNotContain("control", subject + plain, StringComparison.Ordinal);
            Assert.DoesNotContain("needs your attention", subject, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 300)]
    public void No_fact_gets_into_a_text_unescaped(string? fact, byte where, byte which, bool german)
    {
        fact = $"{fact}<b>&\"'\r\nX-Injected: {{{{link}}}}\u202E</b>";
        var notice = Notice(Enum.GetValues<NoticeStep>()[which % Enum.GetValues<NoticeStep>().Length]);
        var (name, told) = (where % 4) switch
        {
            0 => ("Ann", notice with { Facts = Facts with { Measured = new(1, 1, fact, 1) } }),
            1 => ("Ann", notice with { Done = [new(ActionKind.NameClosed, fact, First)] }),
            2 => ("Ann", notice with { Link = fact }),
            _ => (fact, notice),
        };

        var (subject, plain, html) = Text.Write(
            told, new CustomerContact("ann@example.net", german ? "de" : "en", false, name));

        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "{{{{", WebUtility.HtmlDecode(html).Replace("{{link}}", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode("<b>&\"'  X-Injected: {{link}} </b>"), html, StringComparison.Ordinal);
        Assert.DoesNotContain("\nX-Injected", plain, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', plain);
        Assert.DoesNotContain('\u202E', plain + html + subject);
        Assert.DoesNotContain('\n', subject);
    }

    private static CustomerContact Contact(string language) => new("ann@example.net", language, false, "Ann Example");

    private static CustomerFacts Facts => new()
    {
        Finding = RuleId.CncContact,
        Purpose = Purpose.CncContact,
        Rule = "cnc-contact/1",
        Class = new() { Protocol = Protocols.Tcp, RemotePorts = [443], Remotes = [IpKey.Parse("192.0.2.7")] },
        FarEnd = new Endpoint(IpKey.Parse("192.0.2.7"), 443, Protocols.Tcp),
        First = First,
        Last = First.AddHours(3),
        Measured = new(12, 1, "exchanges", 600),
    };

    private static CustomerNotice Notice(NoticeStep step) => new(
        new CaseId(0xCA5E), new ScopeId(5), step, Facts, [], "https://help.example.net/case/x");
}
