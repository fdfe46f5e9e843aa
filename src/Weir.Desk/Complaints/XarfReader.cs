// SPDX-License-Identifier: Apache-2.0
//
// XARF: https://xarf.org, schema 4.x and the v3 before it, as JSON. Only the fields of Complaint are looked at;
// evidence, samples and free text stay where they are. Names are met in any case, since v3 senders differ in it.
using System.Globalization;
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Complaints;

/// <summary>Reads XARF documents. Never throws for what is in them.</summary>
public static class XarfReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>One report, or an array of them.</summary>
    public static ComplaintParseResult Read(ReadOnlyMemory<byte> octets)
    {
        try
        {
            using var document = JsonDocument.Parse(octets, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                return One(root, out var standard) is (var complaint, var fault) && standard is { } known
                    ? ComplaintParseResult.Create(known, complaint, fault)
                    : ComplaintParseResult.Refused(
                        null, "no XARF document: neither xarf_version 4.x nor Version 3 with ReporterInfo");
            }

            var (complaints, faults, row) = (new List<Complaint>(), new List<RowFault>(), 0);
            foreach (var element in root.EnumerateArray())
            {
                row++;
                var (complaint, fault) = One(element, out _);
                if (complaint is not null)
                {
                    complaints.Add(complaint);
                }
                else
                {
                    faults.Add(new(row, fault));
                }
            }

            return row == 0
                ? ComplaintParseResult.Refused(null, "an empty array holds no complaint")
                : new(ComplaintStandard.Xarf4, complaints, faults, "");
        }
        catch (JsonException fault)
        {
            return ComplaintParseResult.Refused(
                null, string.Create(CultureInfo.InvariantCulture, $"not JSON at line {(fault.LineNumber ?? 0) + 1}"));
        }
        catch (InvalidOperationException)
        {
            return ComplaintParseResult.Refused(null, "a text of the document is not UTF-8");
        }
    }

    private static (Complaint? Complaint, string Fault) One(JsonElement root, out ComplaintStandard? standard)
    {
        standard = Text(root, "xarf_version").StartsWith("4.", StringComparison.Ordinal) ? ComplaintStandard.Xarf4
            : Text(root, "version") is "3" or ['3', '.', ..]
                && Has(root, "reporterinfo", out _) && Has(root, "report", out _)
                ? ComplaintStandard.Xarf3
            : null;
        return standard switch
        {
            ComplaintStandard.Xarf4 => Four(root),
            ComplaintStandard.Xarf3 => Three(root),
            _ => (null, "no XARF document: neither xarf_version 4.x nor Version 3 with ReporterInfo"),
        };
    }

    private static (Complaint?, string) Four(JsonElement root)
    {
        var (category, type) =
            (Text(root, "category") is { Length: > 0 } named ? named : Text(root, "class"), Text(root, "type"));
        return Text(root, "report_id") is not { Length: > 0 } id ? (null, "report_id is missing")
            : Make(new Report
            {
                Standard = ComplaintStandard.Xarf4, Id = id, Category = category, Type = type,
                Source = Text(root, "source_identifier"), SourcePort = Port(root, "source_port"),
                At = Text(root, "first_seen") is { Length: > 0 } seen ? seen : Text(root, "timestamp"),
                Protocol = Text(root, "protocol"),
                Target = Text(root, "destination_ip"), TargetPort = Port(root, "destination_port"),
            });
    }

    private static (Complaint?, string) Three(JsonElement root)
    {
        Has(root, "report", out var report);
        Has(root, "reporterinfo", out var reporter);
        var source =
            Has(report, "source", out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : report;
        var more =
            Has(report, "additionalinfo", out var info) && info.ValueKind == JsonValueKind.Object ? info : report;
        var (address, date) = (First(source, "ip", "sourceip"), First(report, "date"));

        // v3 has no number of its own: who, what, whom and when stand for it.
        var id = First(report, "reportid") is { Length: > 0 } own ? own
            : string.Join(
                '|', First(reporter, "reporterorgdomain"), First(report, "reporttype"), address,
                Port(source, "port", "sourceport"), date, First(more, "destinationip"));
        return Make(new Report
        {
            Standard = ComplaintStandard.Xarf3, Id = id,
            Category = First(report, "reportclass"), Type = First(report, "reporttype"),
            Source = address, SourcePort = Port(source, "port", "sourceport"), At = date,
            Protocol = First(more, "protocol") is { Length: > 0 } protocol ? protocol : First(report, "protocol"),
            Target = First(more, "destinationip") is { Length: > 0 } target ? target : First(report, "destinationip"),
            TargetPort = Port(more, "destinationport") ?? Port(report, "destinationport"),
        });
    }

    private static (Complaint?, string) Make(Report report)
    {
        var (category, type) = (report.Category, report.Type);
        if (!IpKey.TryParse(report.Source, out var address))
        {
            return (null, "the source is no IP address; only addresses can be attributed");
        }

        if (!ComplaintTime.TryParse(report.At, out var time))
        {
            return (null, "the time of the incident is missing or has no offset from UTC");
        }

        if (ComplaintKinds.PurposeOf(category, type) is not { } about)
        {
            return (null, $"kind '{Short(category)}/{Short(type)}' is not about traffic that flows could confirm");
        }

        IpKey? victim = null;
        if (report.Target.Length > 0)
        {
            if (!IpKey.TryParse(report.Target, out var parsed))
            {
                return (null, "the destination is no IP address");
            }

            victim = parsed;
        }

        var (number, usual) = ComplaintKinds.Transport(report.Protocol);
        var mail = number == 0 && about == Purpose.SpamSource;
        return (new Complaint
        {
            Standard = report.Standard,
            Source = address,
            SourcePort = report.SourcePort,
            At = time,
            Protocol = mail ? Protocols.Tcp : number,
            Target = victim,
            TargetPort = report.TargetPort ?? (mail ? ComplaintKinds.Smtp : usual == 0 ? null : usual),
            Kind = $"{Short(category)}/{Short(type)}",
            About = about,
            Reference = ComplaintReference.Hash(report.Id),
        }, "");
    }

    /// <summary>What both versions say, in their own words.</summary>
    private sealed record Report
    {
        public required ComplaintStandard Standard { get; init; }

        public required string Id { get; init; }

        public required string Category { get; init; }

        public required string Type { get; init; }

        public required string Source { get; init; }

        public required ushort? SourcePort { get; init; }

        public required string At { get; init; }

        public required string Protocol { get; init; }

        public required string Target { get; init; }

        public required ushort? TargetPort { get; init; }
    }

    private static string Short(string word) =>
        word.Length <= 40 ? word.ToLowerInvariant() : word[..40].ToLowerInvariant();

    private static string First(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(element, name) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    private static string Text(JsonElement element, string name) => !Has(element, name, out var value) ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";

    private static ushort? Port(JsonElement element, params ReadOnlySpan<string> names) =>
        ushort.TryParse(First(element, names), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port > 0
            ? port
            : null;

    private static bool Has(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                value = property.Value;
                return true;
            }
        }

        return false;
    }
}
