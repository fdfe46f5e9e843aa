// SPDX-License-Identifier: Apache-2.0
//
// Abuse Reporting Format: RFC 5965 (format), RFC 6650 (use), RFC 6692 (source ports); and XARF, which travels in the
// same wrapping with its JSON as a part beside. Of the mail only the type of feedback, the source address and port, the
// time of arrival and a digest of the message's number are taken; whom it was written to, what it said and who
// complained are not read.
using System.Globalization;
using System.Text.RegularExpressions;
using MimeKit;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Complaints;

/// <summary>Reads ARF mails. Never throws for what is in them.</summary>
public static partial class ArfReader
{
    public static ComplaintParseResult Read(ReadOnlyMemory<byte> octets)
    {
        using var mail = ComplaintMail.Read(octets, out var why);
        if (mail is null)
        {
            return ComplaintParseResult.Refused(null, why);
        }

        if (ReportOf(mail.Body) is not { } report)
        {
            return Attached(mail) ?? ComplaintParseResult.Refused(null, NoReport(mail));
        }

        if (report.OfType<MessageFeedbackReport>().FirstOrDefault() is not { } part
            || ComplaintMail.ReadHeader(ComplaintMail.Content(part)) is not { } fields)
        {
            return ComplaintParseResult.Refused(
                ComplaintStandard.Arf, "the report has no part message/feedback-report that could be read (RFC 5965 "
                + "§2)");
        }

        if (One(fields, "Version") is not ("1" or "0.1")
            || One(fields, "Feedback-Type") is not { Length: > 0 } type || One(fields, "User-Agent").Length == 0)
        {
            return ComplaintParseResult.Refused(
                ComplaintStandard.Arf,
                "the feedback report lacks Version 1, Feedback-Type or User-Agent (RFC 5965 §3.1)");
        }

        type = type.ToLowerInvariant();
        if (type == "xarf")
        {
            return Xarf(report);
        }

        var (complaint, fault) = Make(mail, fields, report, type);
        return ComplaintParseResult.Create(ComplaintStandard.Arf, complaint, fault);
    }

    /// <summary>The feedback report that a mail is, or that a gateway put beside its footer. One inside a mail that is
    /// forwarded is somebody else's word.</summary>
    private static MultipartReport? ReportOf(MimeEntity? body) => body switch
    {
        MultipartReport report =>
            "feedback-report".Equals(report.ReportType, StringComparison.OrdinalIgnoreCase) ? report : null,
        Multipart parts when parts.OfType<MultipartReport>().Take(2).ToList() is [var one] => ReportOf(one),
        _ => null,
    };

    /// <summary>A report that is a mail's attachment: XARF as JSON, or a table as Shadowserver sends it. Null where
    /// none is.</summary>
    private static ComplaintParseResult? Attached(MimeMessage mail)
    {
        var parts = mail.BodyParts.OfType<MimePart>().ToList();
        var (documents, tables) = (parts.Where(IsJson).ToList(), parts.Where(IsTable).ToList());
        return (documents, tables) switch
        {
            ([var json], []) => XarfReader.Read(ComplaintMail.Content(json)),
            ([], [var table]) => ShadowserverReader.Read(ComplaintMail.Content(table), table.FileName ?? ""),
            ([], []) => parts.Exists(IsPacked)
                ? ComplaintParseResult.Refused(
                    null, "the mail's attachment is packed, and is not opened; ask the reporter for the table itself")
                : null,
            _ => ComplaintParseResult.Refused(
                null, "the mail has several reports attached; ask the reporter for one a mail"),
        };
    }

    /// <summary>Why a mail that is no feedback report cannot be read: X-ARF 0.1 and 0.2 say so in their header and
    /// tell their facts in a part of text (github.com/abusix/xarf-schemata).</summary>
    private static string NoReport(MimeMessage mail)
    {
        var isXarf = mail.Headers["X-ARF"] is not null || mail.Headers["X-XARF"] is not null;
        return isXarf || mail.BodyParts.Any(part => part.ContentType.Name is "report.txt")
            ? "a mail of X-ARF version 0.1 or 0.2, whose facts are text: versions 1 and 2 are not read; ask the "
                + "reporter for XARF 4"
            : "no ARF mail: the content type is not multipart/report with report-type=feedback-report (RFC 5965 §2); a "
                + "mail of plain words is for people";
    }

    /// <summary>XARF by mail: the JSON part is the report.</summary>
    private static ComplaintParseResult Xarf(MultipartReport report)
    {
        var json = report.OfType<MimePart>().FirstOrDefault(IsJson);
        return json is not null ? XarfReader.Read(ComplaintMail.Content(json)) : ComplaintParseResult.Refused(
            null, "the XARF mail has no part application/json: versions 1 and 2 are not read; ask the reporter for "
            + "version 4");
    }

    private static bool IsJson(MimePart part) => part.ContentType.IsMimeType("application", "json")
        || (part is not MessageFeedbackReport && Ends(part, ".json"));

    private static bool IsTable(MimePart part) => part.ContentType.IsMimeType("text", "csv") || Ends(part, ".csv");

    private static bool IsPacked(MimePart part) =>
        part.ContentType.IsMimeType("application", "zip") || part.ContentType.IsMimeType("application", "gzip")
        || Ends(part, ".zip") || Ends(part, ".gz") || Ends(part, ".7z");

    private static bool Ends(MimePart part, string ending) =>
        (part.FileName ?? "").EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static (Complaint?, string) Make(MimeMessage mail, HeaderList report, MultipartReport parts, string type)
    {
        if (type is not ("abuse" or "fraud" or "virus" or "other"))
        {
            return (null, type.Length <= 40
                ? $"feedback type '{type}' is no complaint about a source"
                : "the feedback type is no complaint about a source");
        }

        if (Address(One(report, "Source-IP")) is not { } source)
        {
            return (null, "Source-IP is missing, repeated or no address, and what the reported mail's own header says "
                + "is not believed; ask the reporter to send it");
        }

        var arrived = One(report, "Arrival-Date") is { Length: > 0 } date ? date : One(report, "Received-Date");
        if (!ComplaintTime.TryParseMail(arrived, out var at))
        {
            return (null, "Arrival-Date is missing or no date with an offset from UTC");
        }

        var number = parts.Select(NumberOf).FirstOrDefault(n => n is not null);
        return (new Complaint
        {
            Standard = ComplaintStandard.Arf,
            Source = source,
            SourcePort = ushort.TryParse(
                One(report, "Source-Port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
                    ? port
                    : null,
            At = at,
            Protocol = Protocols.Tcp,
            TargetPort = ComplaintKinds.Smtp,
            Kind = $"mail/{type}",
            About = Purpose.SpamSource,
            Reference = ComplaintReference.Hash(
                number is { Length: > 0 } ? number : mail.Headers[HeaderId.MessageId]?.Trim() ?? ""),
        }, "");
    }

    /// <summary>A field that stands once; empty where it does not.</summary>
    private static string One(HeaderList fields, string name)
    {
        var found = fields.Where(f => f.Field.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return found.Count == 1 ? found[0].Value.Trim() : "";
    }

    /// <summary>The number of the mail that is complained about; null in other parts.</summary>
    private static string? NumberOf(MimeEntity part) => part switch
    {
        MessagePart { Message: { } original } => original.Headers[HeaderId.MessageId]?.Trim() ?? "",
        _ => null,
    };

    /// <summary>An address literal, with or without brackets and <c>IPv6:</c> (RFC 5321 section 4.1.3), comments
    /// around it allowed (RFC 5965 section 3.5).</summary>
    private static IpKey? Address(string text) => text.Length <= 200 && Literal().Match(text) is { Success: true } found
        && IpKey.TryParse(found.Groups["address"].Value, out var address)
        && (!found.Groups["six"].Success || found.Groups["address"].Value.Contains(':', StringComparison.Ordinal))
            ? address
            : null;

    [GeneratedRegex(@"^(\([^()]*\)\s*)*"
        + @"(?<open>\[)?(?<six>IPv6:)?(?<address>[0-9A-Fa-f:.]+)(?(open)\])(\s*\([^()]*\))*\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Literal();
}
