// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases.Complaints;

public sealed class ComplaintReaderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 12, 3, 7, TimeSpan.Zero);

    public static TheoryData<string> All => [
        Samples.Xarf4, Samples.Xarf3, Samples.Xarf3Nested, Samples.Arf, Samples.Shadowserver, Samples.ShadowserverScan];

    [Fact]
    public void Xarf_four_is_read() => Same(
        Only(Samples.Xarf4), ComplaintStandard.Xarf4, "192.0.2.77", 51234, Protocols.Udp, "203.0.113.9", 7703,
        "connection/ddos", Purpose.DdosSource);

    [Fact]
    public void Xarf_three_is_converted()
    {
        Same(
            Only(Samples.Xarf3), ComplaintStandard.Xarf3, "2001:db8:5::7", 40001, Protocols.Tcp, "203.0.113.10", 22,
            "activity/portscan", Purpose.ScanSource);
        Same(
            Only(Samples.Xarf3Nested), ComplaintStandard.Xarf3, "192.0.2.77", 53, Protocols.Udp, "203.0.113.9", 80,
            "network/ddos", Purpose.DdosSource);
    }

    [Fact]
    public void Of_a_mail_only_source_time_and_a_digest_stay()
    {
        var complaint = Only(Samples.Arf);
        Same(
            complaint, ComplaintStandard.Arf, "192.0.2.77", 51235, Protocols.Tcp, null, 25, "mail/abuse",
            Purpose.SpamSource);
        Assert.Equal(ComplaintReference.Hash("<original-1@sender.example>"), complaint.Reference);
        Assert.DoesNotContain("example", complaint.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_of_a_table_is_a_complaint_or_a_fault()
    {
        var reading = ComplaintReader.Read(Samples.Octets(Samples.Shadowserver));

        Same(
            reading.Complaints[0], ComplaintStandard.Shadowserver, "192.0.2.77", 51236, Protocols.Tcp, "198.51.100.7",
            443, "shadowserver/sinkhole", Purpose.CncContact);
        Assert.Equal(
            (Purpose.DdosSource, (ushort?)null), (reading.Complaints[1].About, reading.Complaints[1].SourcePort));
        Assert.Equal([4, 5], reading.Faults.Select(f => f.Row));
        Assert.All(reading.Faults, f => Assert.DoesNotContain("not-an-address", f.Why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"source_identifier\": \"192.0.2.77\"", "\"source_identifier\": \"host.example\"", "no IP address")]
    [InlineData("\"first_seen\": \"2026-11-22T13:03:07+01:00\"", "\"first_seen\": \"2026-11-22T13:03:07\"", "offset")]
    [InlineData("\"category\": \"connection\"", "\"category\": \"copyright\"", "not about traffic")]
    [InlineData("\"destination_ip\": \"203.0.113.9\"", "\"destination_ip\": \"victim.example\"", "destination")]
    [InlineData("\"report_id\"", "\"report_number\"", "report_id")]
    public void A_document_that_lacks_something_says_what(string good, string bad, string told)
    {
        var text = Samples.Xarf4.Replace(good, bad, StringComparison.Ordinal);
        text = bad.Contains("copyright", StringComparison.Ordinal)
            ? text.Replace("\"ddos\"", "\"p2p\"", StringComparison.Ordinal)
            : text;

        var reading = ComplaintReader.Read(Samples.Octets(text));

        Assert.Empty(reading.Complaints);
        Assert.Contains(told, reading.Faults.Single().Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("{ \"xarf_version\": ", "not JSON")]
    [InlineData("{}", "no XARF")]
    [InlineData("{ \"xarf_version\": \"5.0.0\" }", "no XARF")]
    [InlineData("[]", "empty array")]
    [InlineData("Subject: hello\n\nhello", "no ARF")]
    [InlineData("a,b\n1,2", "no Shadowserver")]
    [InlineData("Content-Type: multipart/report; report-type=feedback-report; "
        + "boundary=x\n\n--x\nContent-Type: text/plain\n\n--x--", "no part message/feedback-report")]
    public void A_file_that_is_nothing_of_the_kind_is_refused_whole(string text, string told)
    {
        var reading = ComplaintReader.Read(Samples.Octets(text));

        Assert.Contains(told, reading.Why, StringComparison.Ordinal);
        Assert.Empty(reading.Complaints);
    }

    [Theory]
    [InlineData("Feedback-Type: abuse", "Feedback-Type: not-spam", "no complaint")]
    [InlineData("Source-IP: 192.0.2.77", "Source-IP: ?", "Source-IP")]
    [InlineData("Sun, 22 Nov 2026 13:03:07 +0100 (CET)", "yesterday", "Arrival-Date")]
    public void A_mail_that_lacks_something_says_what(string good, string bad, string told) =>
        Assert.Contains(
            told, ComplaintReader.Read(Samples.Octets(Samples.Arf.Replace(good, bad, StringComparison.Ordinal))).Faults
                .Single().Why, StringComparison.Ordinal);

    [Fact]
    public void An_array_holds_several_reports()
    {
        var reading = ComplaintReader.Read(Samples.Octets($"[{Samples.Xarf4},{Samples.Xarf3},7]"));

        Assert.Equal(2, reading.Complaints.Count);
        Assert.Equal(3, reading.Faults.Single().Row);
    }

    [Fact]
    public void What_is_too_large_is_refused_before_it_is_read() =>
        Assert.Contains(
            "more than",
            ComplaintReader.Read(new byte[ComplaintReader.MaxOctets + 1].Select(_ => (byte)'{').ToArray()).Why,
            StringComparison.Ordinal);

    [Fact]
    public void The_same_report_has_the_same_reference_and_another_has_another()
    {
        var other = Samples.Xarf4.Replace("1de001", "1de002", StringComparison.Ordinal);

        Assert.Equal(
            Only(Samples.Xarf4).Reference, Only(Samples.Xarf4.Replace("  ", "", StringComparison.Ordinal)).Reference);
        Assert.NotEqual(Only(Samples.Xarf4).Reference, Only(other).Reference);
    }

    [Fact]
    public void Random_octets_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(41, 3).WithMaxTest(2_000),
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), octets => ComplaintReader.Read(octets) is { } reading
            && (reading.Why.Length > 0 || reading.Complaints.Count + reading.Faults.Count > 0)));

    [Theory, MemberData(nameof(All))]
    public void Damaged_samples_never_throw(string sample)
    {
        var random = new Random(17);
        for (var i = 0; i < 2_000; i++)
        {
            var octets = Samples.Octets(sample).ToArray();
            for (var hits = random.Next(1, 6); hits > 0; hits--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            var reading = ComplaintReader.Read(
                octets.AsMemory(0, random.Next(4) == 0 ? random.Next(octets.Length) : octets.Length));
            Assert.True(reading.Why.Length == 0 || reading.Complaints.Count == 0);
        }
    }

    [Theory]
    [InlineData("33-xarf-by-mail/in-v3-base64.eml", "198.51.100.10", 54321, "203.0.113.80", 25, Purpose.SpamSource)]
    [InlineData("33-xarf-by-mail/in-v4-7bit.eml", "198.51.100.10", 54321, "203.0.113.80", 22, Purpose.ScanSource)]
    [InlineData("36-arf-sparse/in-bracket.eml", "198.51.100.10", null, null, 25, Purpose.SpamSource)]
    [InlineData("36-arf-sparse/in-cfws.eml", "198.51.100.10", null, null, 25, Purpose.SpamSource)]
    [InlineData("36-arf-sparse/in-ipv6.eml", "2001:db8:100::10", null, null, 25, Purpose.SpamSource)]
    [InlineData("36-arf-sparse/in-ipv6-bare.eml", "2001:db8:100::10", null, null, 25, Purpose.SpamSource)]
    public void Mails_of_the_field_are_read(
        string file, string source, int? sourcePort, string? target, int targetPort, Purpose about)
    {
        var path = SharedData.Path($"cases/field/{file}");
        var complaint = Assert.Single(ComplaintReader.Read(File.ReadAllBytes(path)).Complaints);
        Assert.Equal((IpKey.Parse(source), (ushort?)sourcePort), (complaint.Source, complaint.SourcePort));
        Assert.Equal((target is null ? (IpKey?)null : IpKey.Parse(target), (ushort?)targetPort, about), (
            complaint.Target, complaint.TargetPort, complaint.About));
    }

    [Theory]
    [InlineData("2026-05-28-event4_sinkhole-example.csv", "", "", Purpose.CncContact)]
    [InlineData("event4_microsoft_sinkhole.csv", "b68-zeroaccess-2-32bit", "", Purpose.CncContact)]
    [InlineData("event4_ddos_participant.csv", "", "", Purpose.DdosSource)]
    [InlineData("event4_honeypot_brute_force.csv", "", "", Purpose.ScanSource)]
    [InlineData("event4_honeypot_darknet.csv", "mirai", "mirai", Purpose.ScanSource)]
    [InlineData("event4_ip_spoofer.csv", "", "", Purpose.Spoofing)]
    [InlineData("event4_honeypot_ddos_amp.csv", "", "", null)]
    [InlineData("event4_honeypot_ddos_target.csv", "mirai", "mirai", null)]
    [InlineData("", "ddos-amplification", "", null)]
    [InlineData("", "ftp-brute-force", "", Purpose.ScanSource)]
    [InlineData("", "", "mirai", Purpose.CncContact)]
    [InlineData("report.csv", "something-new", "", null)]
    public void What_a_report_is_about_is_told_by_its_type_and_never_guessed(
        string name, string tag, string infection, Purpose? about)
    {
        var read = ComplaintReader.Read(Samples.Octets(
            "\"timestamp\",\"src_ip\",\"src_port\",\"type\",\"tag\",\"dst_ip\",\"dst_port\",\"infection\"\n"
            + $"\"2026-11-22 12:03:07\",\"192.0.2.77\",51236,\"tcp\",\"{tag}\",\"198.51.100.7\",443,\"{infection}\"\n"), name);
        Assert.Equal(about, read.Complaints.SingleOrDefault()?.About);
        Assert.Equal(about is null ? 1 : 0, read.Faults.Count);
        Assert.All(read.Complaints, static c => Assert.Equal(Protocols.Tcp, c.Protocol));
    }

    [Theory]
    [InlineData("Source-IP: IPv6:2001:db8::7", "2001:db8::7")]
    [InlineData("Source-IP: [IPv6:2001:db8::7] (a) (b)", "2001:db8::7")]
    [InlineData("Source-IP: (from) 192.0.2.77 (mail.example)", "192.0.2.77")]
    [InlineData("Source-IP: IPv6:192.0.2.77", null)]
    [InlineData("Source-IP: [192.0.2.77", null)]
    [InlineData("Source-IP: 192.0.2.77 198.51.100.1", null)]
    [InlineData("Source-IP: 192.0.2.77\nSource-IP: 198.51.100.1", null)]
    [InlineData("X: y", null)]
    public void A_source_is_one_address_in_any_form_of_the_standard(string field, string? source)
    {
        var reading = ComplaintReader.Read(
            Samples.Octets(Samples.Arf.Replace("Source-IP: 192.0.2.77", field, StringComparison.Ordinal)));

        Assert.Equal(source is null ? null : IpKey.Parse(source), reading.Complaints.SingleOrDefault()?.Source);
        Assert.Equal(source is null ? 1 : 0, reading.Faults.Count);
    }

    [Fact]
    public void A_source_that_only_the_reported_mail_s_own_header_names_is_refused_aloud()
    {
        var path = SharedData.Path("cases/field/36-arf-sparse/in-jmrp.eml");
        Assert.Contains(
            "Source-IP is missing", ComplaintReader.Read(File.ReadAllBytes(path)).Faults.Single().Why,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_XARF_mail_of_an_old_version_says_so() =>
        Assert.Contains(
            "versions 1 and 2", ComplaintReader.Read(Samples.Octets(Samples.Arf.Replace(
                "Feedback-Type: abuse", "Feedback-Type: xarf", StringComparison.Ordinal))).Why,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("mail-folded-100k.eml")]
    [InlineData("mail-ctype2-100k.eml")]
    public void What_once_stood_for_minutes_is_refused_at_once(string file)
    {
        var octets = File.ReadAllBytes(SharedData.Path($"cases/endurance/{file}"));
        var from = TimeProvider.System.GetTimestamp();
        Assert.NotEqual("", ComplaintReader.Read(octets).Why);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static Complaint Only(string text)
    {
        var reading = ComplaintReader.Read(Samples.Octets(text));
        Assert.Equal("", reading.Why);
        Assert.Empty(reading.Faults);
        return reading.Complaints.Single();
    }

    private static void Same(
        Complaint complaint, ComplaintStandard standard, string source, int port, byte protocol, string? target,
        int targetPort, string kind, Purpose about)
    {
        Assert.Equal((standard, IpKey.Parse(source), (ushort?)port, At), (
            complaint.Standard, complaint.Source, complaint.SourcePort, complaint.At));
        Assert.Equal((protocol, target is null ? (IpKey?)null : IpKey.Parse(target), (ushort?)targetPort), (
            complaint.Protocol, complaint.Target, complaint.TargetPort));
        Assert.Equal((kind, about), (complaint.Kind, complaint.About));
    }
}
