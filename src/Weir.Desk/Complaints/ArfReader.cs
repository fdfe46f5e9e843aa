// SPDX-License-Identifier: Apache-2.0
//
// Abuse Reporting Format: RFC 5965 (format), RFC 6650 (use), RFC 6692 (source ports). Of the mail only the type of
// feedback, the source address and port, the time of arrival and a digest of the message's number are taken; whom it
// was written to, what it said and who complained are not read.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Complaints;

/// <summary>Reads ARF mails. Never throws for what is in them.</summary>
public static class ArfReader
{
    public static ComplaintParseResult Read(ReadOnlySpan<byte> octets) => Read(MailPart.Parse(octets));

    internal static ComplaintParseResult Read(MailPart mail)
    {
        if (mail.MediaType != "multipart/report"
            || !mail.Parameter("report-type").Equals("feedback-report", StringComparison.OrdinalIgnoreCase))
        {
            return ComplaintParseResult.Refused(
                null,
                "no ARF mail: the content type is not multipart/report with report-type=feedback-report (RFC 5965 §2)");
        }

        var parts = mail.Parts();
        if (parts.Find(p => p.MediaType == "message/feedback-report") is not { } part)
        {
            return ComplaintParseResult.Refused(
                ComplaintStandard.Arf, "the report has no part message/feedback-report (RFC 5965 §2)");
        }

        var report = MailPart.Parse(part.Body);
        if (report["Version"] is not ("1" or "0.1")
            || report["Feedback-Type"] is not { Length: > 0 } type || report["User-Agent"].Length == 0)
        {
            return ComplaintParseResult.Refused(
                ComplaintStandard.Arf,
                "the feedback report lacks Version 1, Feedback-Type or User-Agent (RFC 5965 §3.1)");
        }

        var (complaint, fault) = Make(mail, report, parts, type.Trim().ToLowerInvariant());
        return ComplaintParseResult.Create(ComplaintStandard.Arf, complaint, fault);
    }

    private static (Complaint?, string) Make(MailPart mail, MailPart report, List<MailPart> parts, string type)
    {
        if (type is not ("abuse" or "fraud" or "virus" or "other"))
        {
            return (null, type.Length <= 40
                ? $"feedback type '{type}' is no complaint about a source"
                : "the feedback type is no complaint about a source");
        }

        if (!IpKey.TryParse(report["Source-IP"], out var source))
        {
            return (null, "Source-IP is missing or no address");
        }

        var arrived = report["Arrival-Date"] is { Length: > 0 } date ? date : report["Received-Date"];
        if (!ComplaintTime.TryParseMail(arrived, out var at))
        {
            return (null, "Arrival-Date is missing or no date with an offset from UTC");
        }

        var original = parts.Find(
            p => p.MediaType is "message/rfc822" or "text/rfc822-headers" or "message/rfc822-headers");
        var number = original is null ? "" : MailPart.Parse(original.Body)["Message-ID"];
        return (new Complaint
        {
            Standard = ComplaintStandard.Arf,
            Source = source,
            SourcePort =
                ushort.TryParse(report["Source-Port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port > 0
                    ? port
                    : null,
            At = at,
            Protocol = Protocols.Tcp,
            TargetPort = ComplaintKinds.Smtp,
            Kind = $"mail/{type}",
            About = Purpose.SpamSource,
            Reference = ComplaintReference.Hash(number.Length > 0 ? number : mail["Message-ID"]),
        }, "");
    }
}
