// SPDX-License-Identifier: Apache-2.0
using System.Net;
using FsCheck.Xunit;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;

namespace Weir.Tests.Vault.Notifying;

public sealed class NoticeTextTests
{
    private static readonly DateTimeOffset First = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);
    private static readonly NoticeTemplates Templates = NoticeTemplates.Read(null);
    private static readonly NoticeText Text = new(Templates, new NoticeDeliveryOptions
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
        foreach (var text in new[] { plain, html })
        {
            Assert.All(
                new[]
                {
                    "192.0.2.7:443/tcp", "2026-03-02 08:15 UTC", "2026-03-02 11:15 UTC", "c-000000000000ca5e",
                    "https://help.example.net/case/x",
                    "+1 555 0100", "https://www.example.net/security", "Example Net", "Ann Example"
                },
                fact => Assert.Contains(fact, text, StringComparison.Ordinal));
            Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        }

        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Languages_differ_and_what_is_empty_is_left_out()
    {
        var notice = Notice(NoticeStep.Found) with
        {
            Link = "",
            Facts = Notice(NoticeStep.Found).Facts with { Endpoint = "", Grounds = "" }
        };
        var english = Text.Write(notice, Contact("en"));
        var german = Text.Write(notice, Contact("de") with { Name = "" });

        Assert.Contains("WHAT TO DO", english.Plain, StringComparison.Ordinal);
        Assert.Contains("WAS ZU TUN IST", german.Plain, StringComparison.Ordinal);
        Assert.StartsWith("Guten Tag,", german.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("YOUR PAGE", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Measured", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", english.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("href", english.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_was_done_is_said_and_in_the_customers_language()
    {
        var until = First.AddDays(14);
        var done = Notice(NoticeStep.EndpointBlocked) with
        {
            Facts = Notice(NoticeStep.EndpointBlocked).Facts with
            {
                Done = [ActionTaken.Closed("192.0.2.7:443/tcp", until), "something of its own"]
            }
        };

        var german = Text.Write(done, Contact("de"));
        Assert.Contains(
            "GETAN: 192.0.2.7:443/tcp ist von Ihrem Anschluss aus bis 2026-03-16 08:15 UTC nicht erreichbar.",
            german.Plain, StringComparison.Ordinal);
        Assert.Contains("GETAN: something of its own", german.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be reached", german.Plain, StringComparison.Ordinal);

        foreach (var step in Enum.GetValues<NoticeStep>())
        {
            Assert.DoesNotContain("DONE:", Text.Write(Notice(step), Contact("en")).Plain, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(
            "cannot be reached", Text.Write(Notice(NoticeStep.Found), Contact("en")).Plain, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("nowhere")]
    [InlineData("")]
    public void A_link_that_is_no_web_page_is_left_out(string link) => Assert.DoesNotContain(
        "href", Text.Write(Notice(NoticeStep.Found) with { Link = link }, Contact("en")).Html,
        StringComparison.Ordinal);

    [Property(MaxTest = 300)]
    public void No_fact_gets_into_a_text_unescaped(string? fact, byte where, byte which, bool german)
    {
        fact = $"{fact}<b>&\"'\r\nX-Injected: {{{{link}}}}\u202E</b>";
        var notice = Notice(Enum.GetValues<NoticeStep>()[which % Enum.GetValues<NoticeStep>().Length]);
        var (name, facts) = (where % 6) switch
        {
            0 => ("Ann", notice.Facts with { Endpoint = fact }),
            1 => ("Ann", notice.Facts with { Class = fact }),
            2 => ("Ann", notice.Facts with { Grounds = fact }),
            3 => ("Ann", notice.Facts with { Done = [fact] }),
            4 => ("Ann", notice.Facts with { Done = [ActionTaken.Closed("x\"<b>", First), fact] }),
            _ => (fact, notice.Facts),
        };

        var (subject, plain, html) = Text.Write(
            notice with { Facts = facts }, new CustomerContact("ann@example.net", german ? "de" : "en", false, name));

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

    private static Notice Notice(NoticeStep step) => new(
        new CaseId(0xCA5E), new ScopeId(5), step,
        new NoticeFacts
        {
            Purpose = Purpose.CncContact,
            Trigger = "cnc-contact/1",
            Class = "both tcp rport=443 raddr=192.0.2.7",
            Endpoint = "192.0.2.7:443/tcp",
            First = First,
            Last = First.AddHours(3),
            Grounds = "12 exchanges against 1",
        },
        "https://help.example.net/case/x");
}
