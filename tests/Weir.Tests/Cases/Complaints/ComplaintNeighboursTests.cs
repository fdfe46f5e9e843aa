// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Wire;

namespace Weir.Tests.Cases.Complaints;

/// <summary>Complaints beside the ones that are read every day: other zones, other formats, reports of services. A
/// wrong hour names a wrong subscriber, so what may mean two things is refused.</summary>
public sealed class ComplaintNeighboursTests
{
    private static ComplaintParseResult Arf(string fields) => Read($"""
        From: <fbl@example.org>
        Message-ID: <2@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary=b1

        --b1
        Content-Type: text/plain

        for people
        --b1
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: F/0.1
        Version: 1
        {fields}
        --b1--
        """);

    private static ComplaintParseResult Read(string text, string name = "") => ComplaintReader.Read(
        Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), name);

    [Theory]
    [InlineData("Thu, 28 May 2026 10:16:00 +0200", "08:16:00")]
    [InlineData("Thu, 28 May 2026 10:16:00 +0530 (IST)", "04:46:00")]
    [InlineData("Thu, 28 May 2026 10:16:00 EDT", "14:16:00")]
    [InlineData("thu, 28 may 2026 10:16:00 pst", "18:16:00")]
    [InlineData("28 May 26 9:16 GMT", "09:16:00")]
    [InlineData("Thu, 28 May 2026 10:16:00 Z", "10:16:00")]
    [InlineData("Thu, 28 May 2026 10:16:00 CEST", null)]
    [InlineData("Thu, 28 May 2026 10:16:00 IST", null)]
    [InlineData("Thu, 28 May 2026 10:16:00 PM +0200", null)]
    [InlineData("Thu, 28 May 2026 10:16:00", null)]
    [InlineData("Thu, 28 May 2026 10:16:00 +0260", null)]
    [InlineData("05/28/2026 10:16:00 PM", null)]
    public void A_zone_of_mail_has_its_meaning_and_any_other_is_refused(string date, string? utc)
    {
        var read = Arf($"Source-IP: 198.51.100.10\nArrival-Date: {date}\n");
        if (utc is null)
        {
            Assert.Empty(read.Complaints);
            Assert.Contains("offset from UTC", Assert.Single(read.Faults).Why, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(
            DateTimeOffset.Parse($"2026-05-28T{utc}Z", null), Assert.Single(read.Complaints).At);
    }

    [Fact]
    public void An_IPv4_address_in_the_literal_of_IPv6_is_that_address() => Assert.Equal(
        IpKey.Parse("198.51.100.10"), Assert.Single(Arf(
            "Source-IP: IPv6:::ffff:198.51.100.10\nArrival-Date: Thu, 28 May 2026 10:16:00 +0200\n").Complaints).Source);

    [Theory]
    [InlineData("X-ARF: YES\nMIME-Version: 1.0\nContent-Type: text/plain\n\nSource: 198.51.100.10\n",
        "X-ARF version 0.1 or 0.2")]
    [InlineData("X-XARF: PLAIN\nMIME-Version: 1.0\nContent-Type: text/plain\n\nSource: 198.51.100.10\n",
        "version 0.1 or 0.2")]
    [InlineData("From: a@example.org\nSubject: abuse\n\n198.51.100.10 attacked us at 10:16:00 PM PDT\n", "plain words")]
    [InlineData("<?xml version=\"1.0\"?>\n<IODEF-Document version=\"2.00\"/>\n", "IODEF")]
    [InlineData("<html></html>\n", "XML")]
    [InlineData("{\"Version\":\"2\",\"ReporterInfo\":{},\"Report\":{}}", "xarf_version 4.x nor Version 3")]
    public void What_is_not_read_is_refused_by_its_name(string text, string why) =>
        Assert.Contains(why, Read(text).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-05-28-scan_ntp-example.csv", "service that answers")]
    [InlineData("2026-05-28-blocklist-example.csv", "reputation")]
    [InlineData("2026-05-28-event4_sinkhole_dns-example.csv", "resolver")]
    [InlineData("2026-05-28-event4_honeypot_ddos_target-example.csv", "victim")]
    public void A_report_that_accuses_nobody_accuses_nobody(string name, string why)
    {
        var read = Read("""
            "timestamp","protocol","src_ip","src_port","dst_ip","dst_port","infection","tag"
            "2026-05-28 10:16:00","udp","198.51.100.10","123","203.0.113.66","53","x","x"
            """, name);
        Assert.Empty(read.Complaints);
        Assert.Contains(why, Assert.Single(read.Faults).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scan_that_another_honeypot_saw_is_no_contact() => Assert.Equal(Purpose.ScanSource, Assert.Single(
        Read("""
            "timestamp","protocol","src_ip","src_port","dst_ip","dst_port","infection","tag"
            "2026-05-28 10:16:00","tcp","198.51.100.10","5000","203.0.113.66","5555","mirai","iot"
            """, "2026-05-28-event4_honeypot_adb_scan-example.csv").Complaints).About);

    [Fact]
    public void A_scan_that_a_honeypot_saw_is_one() => Assert.Equal(Purpose.ScanSource, Assert.Single(Read("""
        "timestamp","protocol","src_ip","src_port","dst_ip","dst_port","tag"
        "2026-05-28 10:16:00","tcp","198.51.100.10","5000","203.0.113.66","80","x"
        """, "2026-05-28-event4_honeypot_http_scan-example.csv").Complaints).About);

    [Theory]
    [InlineData("ssh-brute-force", "", Purpose.ScanSource)]
    [InlineData("adb-scan", "mirai", Purpose.ScanSource)]
    [InlineData("ddos-amplification", "", null)]
    [InlineData("andromeda", "", Purpose.CncContact)]
    public void A_honeypot_s_table_without_its_name_is_told_by_its_infection(
        string infection, string family, Purpose? about)
    {
        var read = Read($"""
            "timestamp","protocol","src_ip","src_port","dst_ip","dst_port","infection","family","tag"
            "2026-05-28 10:16:00","tcp","198.51.100.10","5000","203.0.113.66","22","{infection}","{family}",""
            """);
        Assert.Equal(about, read.Complaints.SingleOrDefault()?.About);
    }

    private static ComplaintParseResult Attached(string head, string content, string more = "") => Read($"""
        From: <reports@example.org>
        Message-ID: <3@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b2

        --b2
        Content-Type: text/plain

        203.0.113.9 was attacked by 198.51.100.99 at 10:16
        --b2
        {head}

        {content}
        {more}
        --b2--
        """);

    private const string Xarf = """
        {"xarf_version":"4.0.0","report_id":"7","category":"connection","type":"port_scan","source_identifier":"198.51.100.10","source_port":5000,"timestamp":"2026-05-28T10:16:00Z","destination_ip":"203.0.113.66","destination_port":22,"protocol":"tcp"}
        """;

    private const string Table = """
        "timestamp","protocol","src_ip","src_port","dst_ip","dst_port","tag"
        "2026-05-28 10:16:00","tcp","198.51.100.10","5000","203.0.113.66","22","x"
        """;

    [Theory]
    [InlineData("Content-Type: application/json; name=xarf.json", Xarf)]
    [InlineData("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=report.json", Xarf)]
    [InlineData("Content-Type: text/csv\nContent-Disposition: attachment; filename=2026-05-28-event4_honeypot_http_scan-x.csv",
        Table)]
    public void A_report_that_is_a_mail_s_attachment_is_read_and_the_words_beside_it_are_not(string head, string content)
    {
        var complaint = Assert.Single(Attached(head, content).Complaints);
        Assert.Equal((IpKey.Parse("198.51.100.10"), Purpose.ScanSource), (complaint.Source, complaint.About));
    }

    [Fact]
    public void A_gateway_s_footer_beside_a_report_changes_nothing() => Assert.Equal(
        IpKey.Parse("198.51.100.10"), Assert.Single(Attached("""
            Content-Type: multipart/report; report-type=feedback-report; boundary=b1

            --b1
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: F/0.1
            Version: 1
            Source-IP: 198.51.100.10
            Arrival-Date: Thu, 28 May 2026 10:16:00 +0200

            --b1--
            """, "").Complaints).Source);

    [Theory]
    [InlineData("Content-Type: application/zip; name=report.zip", "UEsDBA==", "", "is packed")]
    [InlineData("Content-Type: application/json", Xarf, "--b2\nContent-Type: application/json\n\n{}", "several reports")]
    [InlineData("Content-Type: message/rfc822", "Content-Type: application/json\n\n" + Xarf, "", "plain words")]
    [InlineData("Content-Type: text/plain", "Received: from victim.example ([198.51.100.10])\nCopyright notice: infringement by 198.51.100.10",
        "", "plain words")]
    [InlineData("Content-Type: application/json", """{"some":"other"}""", "", "no XARF document")]
    public void An_attachment_that_could_accuse_the_wrong_one_opens_nothing(
        string head, string content, string more, string why)
    {
        var read = Attached(head, content, more);
        Assert.Empty(read.Complaints);
        Assert.Contains(why, read.Why, StringComparison.Ordinal);
    }
}
