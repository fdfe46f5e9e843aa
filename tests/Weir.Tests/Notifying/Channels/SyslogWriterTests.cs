// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Weir.Desk.Alerts;
using Weir.Hosting.Channels;

namespace Weir.Tests.Notifying.Channels;

public class SyslogWriterTests
{
    private static readonly ChannelOptions Options =
        new() { Host = "siem", HostName = "weir.isp.example", Version = "1.2" };

    private static readonly Alert Made = new()
    {
        Id = "a-1",
        At = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero),
        Kind = "case-opened",
        Severity = Severity.Notice,
        Text = "a case was opened",
        Words = new Dictionary<string, string> { ["rule"] = "cnc-contact/1" },
    };

    [Fact]
    public void A_message_has_every_field_of_RFC_5424() => Assert.Equal(
        $"<133>1 2026-03-04T05:06:07.890000Z weir.isp.example weir {Environment.ProcessId} case-opened [weir@32473 "
            + "id=\"a-1\" kind=\"case-opened\" severity=\"notice\" rule=\"cnc-contact/1\"] a case was opened",
        Text(Made, Options));

    [Fact]
    public void An_alert_as_CEF_has_its_head_and_its_fields() => Assert.EndsWith(
        "] CEF:0|Weir|Weir|1.2|case-opened|a \\| b \\\\ c = d|4|rt=1772600767890 externalId=a-1 "
            + "weirRule=x\\=y\\\\z msg=a | b \\\\ c \\= d",
        Text(
            Made with { Text = "a | b \\ c = d", Words = new Dictionary<string, string> { ["rule"] = "x=y\\z" } },
            Options with { Form = SyslogFormat.Cef }),
        StringComparison.Ordinal);

    [Fact]
    public void Octets_are_counted_before_a_message_on_a_stream() =>
        Assert.Equal("3 \u00e4b", Encoding.UTF8.GetString(SyslogMessage.Framed(Encoding.UTF8.GetBytes("äb"))));

    [Fact]
    public void Any_words_come_out_as_they_went_in_and_a_message_is_one_line() => Prop.ForAll(
        (from text in Texts() from rule in Texts() from name in Texts() select (text, rule, name)).ToArbitrary(),
        made =>
        {
            var alert = Made with
            {
                Text = made.text,
                Words = new Dictionary<string, string> { ["rule"] = made.rule, [made.name + "!"] = "v" }
            };
            var text = Text(alert, Options);
            Assert.DoesNotContain(text, char.IsControl);
            var read = Read(text);
            Assert.Equal("a-1", read.Fields["id"]);
            Assert.Equal(Flat(made.rule), read.Fields["rule"]);
            Assert.Equal(Flat(made.text), read.Message.TrimStart('\uFEFF'));

            var cef = Read(Text(alert, Options with { Form = SyslogFormat.Cef })).Message.TrimStart('\uFEFF');
            Assert.DoesNotContain(cef, char.IsControl);
            var head = Regex.Split(cef, @"(?<=(?:^|[^\\])(?:\\\\)*)\|");
            Assert.True(head.Length >= 8, cef);
            Assert.Equal(Flat(made.text), Regex.Replace(head[5], @"\\(.)", "$1"));
            var rule = Regex.Match(
                string.Join('|', head[7..]), @"weirRule=((?:\\.|[^=\\])*?)(?: [A-Za-z0-9]+=|$)").Groups[1].Value;
            Assert.Equal(
                Breaks(made.rule),
                Regex.Replace(rule, @"\\(.)", m => m.Groups[1].Value == "n" ? "\n" : m.Groups[1].Value).Trim(' '));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_datagram_is_cut_between_letters() => Prop.ForAll(
        Gen.Choose(0, 3).ToArbitrary(),
        shift =>
        {
            var lengthy = Made with { Text = new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 1_000)) };
            var cut = SyslogWriter.Message(lengthy, Options).Write(Options, SyslogMessage.LongestDatagram);
            Assert.InRange(cut.Length, SyslogMessage.LongestDatagram - 3, SyslogMessage.LongestDatagram);
            Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(cut));
        }).QuickCheckThrowOnFailure();

    private static string Text(Alert alert, ChannelOptions options) =>
        Encoding.UTF8.GetString(SyslogWriter.Message(alert, options).Write(options));

    /// <summary>A reader of RFC 5424 section 6 of the test's own.</summary>
    private static (Dictionary<string, string> Fields, string Message) Read(string text)
    {
        var head = Regex.Match(
            text, @"^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) \[([!-<>-\\^-~]+)");
        Assert.True(head.Success, text);
        Assert.True(DateTimeOffset.TryParse(head.Groups[2].Value, CultureInfo.InvariantCulture, out _));
        var at = head.Length;
        var fields = new Dictionary<string, string>();
        while (text[at] == ' ')
        {
            var equal = text.IndexOf("=\"", at, StringComparison.Ordinal);
            var (name, value) = (text[(at + 1)..equal], new StringBuilder());
            Assert.Matches(@"^[!#-<>-\\^-~]{1,32}$", name);
            for (at = equal + 2; text[at] != '"'; at++)
            {
                at += text[at] == '\\' && text[at + 1] is '"' or '\\' or ']' && text[at] == '\\' ? 1 : 0;
                _ = value.Append(text[at]);
            }

            fields.Add(name, value.ToString());
            at++;
        }

        Assert.Equal("] ", text[at..(at + 2)]);
        return (fields, text[(at + 2)..]);
    }

    private static Gen<string> Texts() =>
        Gen.Elements(
            "]", "\"", "\\", "=", "|", "\r\n", "\n", "\u0085", "\0", "\t", "ä", "😀", " x", "word", "\\n", "]\\")
            .ListOf().Select(list => string.Concat(list).Trim(' '));

    private static string Flat(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Breaks(string text) =>
        string.Concat(text.ReplaceLineEndings("\n").Select(c => char.IsControl(c) && c != '\n' ? ' ' : c)).Trim(' ');
}
