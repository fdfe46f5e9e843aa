// SPDX-License-Identifier: Apache-2.0
//
// Shadowserver reports: CSV with a header, UTC throughout. Columns are met by name, and the many report types come down
// to two: events, in which an address of ours spoke to somebody (src_ip or ip, with dst_ip or cc_ip), and scans, in
// which a service of ours answered. The latter name no remote, so no scope could be narrow enough and they are refused
// later.
using System.Globalization;
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Desk.Lists.Feeds.Text;
using Weir.Wire;

namespace Weir.Desk.Complaints;

/// <summary>Reads Shadowserver reports. Never throws for what is in them.</summary>
public static class ShadowserverReader
{
    /// <summary>Rows after which a file is refused whole.</summary>
    public const int MaxRows = 1_000_000;

    /// <param name="octets">The report.</param>
    /// <param name="name">The file's name as Shadowserver gave it, which says what the report is about; empty where it
    /// came without.</param>
    public static ComplaintParseResult Read(ReadOnlySpan<byte> octets, string name = "")
    {
        var lines = Encoding.UTF8.GetString(octets).TrimStart('\uFEFF').Split('\n');
        string[] header = [.. CsvList.Split(lines[0].TrimEnd('\r'), ',').Select(name => name.ToLowerInvariant())];
        if (!header.Contains("timestamp") || !(header.Contains("ip") || header.Contains("src_ip")))
        {
            return ComplaintParseResult.Refused(
                null, "no Shadowserver report: the header names no timestamp and ip or src_ip");
        }

        if (lines.Length > MaxRows)
        {
            return ComplaintParseResult.Refused(
                ComplaintStandard.Shadowserver,
                string.Create(CultureInfo.InvariantCulture, $"more than {MaxRows} rows; cut the file"));
        }

        var report = ShadowserverReports.OfFile(name, header);
        var (complaints, faults) = (new List<Complaint>(), new List<RowFault>());
        for (var row = 1; row < lines.Length; row++)
        {
            var line = lines[row].TrimEnd('\r');
            if (line.Length == 0)
            {
                continue;
            }

            var (complaint, fault) = Make(new Row(header, CsvList.Split(line, ','), line), report);
            if (complaint is null)
            {
                faults.Add(new(row + 1, fault));
            }
            else
            {
                complaints.Add(complaint);
            }
        }

        return new(ComplaintStandard.Shadowserver, complaints, faults, "");
    }

    private static (Complaint?, string) Make(in Row row, ReportMeaning? report)
    {
        if (row.Fault is { } torn)
        {
            return (null, torn);
        }

        if (!ComplaintTime.TryParseUtc(row.Field("timestamp"), out var time))
        {
            return (null, "timestamp is no UTC date and time");
        }

        if (!IpKey.TryParse(row.Field("src_ip", "ip"), out var source))
        {
            return (null, "src_ip or ip is no address");
        }

        var target = row.Field("dst_ip", "cc_ip", "cc");
        var isEvent = IpKey.TryParse(target, out var remote);
        if (target.Length > 0 && !isEvent)
        {
            return (null, "dst_ip or cc_ip is no address");
        }

        var (tag, infection) = (row.Tag, row.Field("infection", "malware_family", "family"));
        var meaning = report ?? ShadowserverReports.OfRow(tag, infection, row.Field("public_source"))
            ?? (isEvent ? ReportMeaning.Refused(
                    "neither the file's name nor tag, infection or columns say what the report is about; keep the name "
                    + "that Shadowserver gave it")
                : ReportMeaning.Of(Purpose.CncContact));
        if (meaning.About is not { } about)
        {
            return (null, meaning.Refusal);
        }

        return (new Complaint
        {
            Standard = ComplaintStandard.Shadowserver,
            Source = source,
            SourcePort = Port(row.Field("src_port", "port")),
            At = time,
            Protocol = row.Protocol,
            Target = isEvent ? remote : null,
            TargetPort = Port(row.Field("dst_port", "cc_port")),
            Kind = $"shadowserver/{ToTypeName(tag.Length > 0 ? tag : infection)}",
            About = about,
            Reference = ComplaintReference.Hash(row.Line),
        }, "");
    }

    private static ushort? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;

    private static string ToTypeName(string tag) =>
        tag.Length == 0 ? "event" : tag.Length <= 40 ? tag.ToLowerInvariant() : tag[..40].ToLowerInvariant();

    /// <summary>A row with the names of its columns.</summary>
    private readonly record struct Row(string[] Header, List<string> Fields, string Line)
    {
        /// <summary>Why it cannot be read at all; null where it can.</summary>
        public string? Fault => Fields.Count == Header.Length ? null : string.Create(
            CultureInfo.InvariantCulture, $"{Fields.Count} fields where the header names {Header.Length}");

        /// <summary>What the report is about; older reports have the transport in "type", others the kind.</summary>
        public string Tag => Field("tag") is { Length: > 0 } written ? written : IsTransport ? "" : Field("type");

        public byte Protocol => ComplaintKinds.Transport(
            Field("protocol") is { Length: > 0 } protocol ? protocol : IsTransport ? Field("type") : "").Protocol;

        private bool IsTransport => ComplaintKinds.Transport(Field("type")).Protocol != 0;

        /// <summary>The first of these columns that is there and not empty; else empty.</summary>
        public string Field(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (Array.IndexOf(Header, name) is >= 0 and var at && Fields[at].Length > 0)
                {
                    return Fields[at];
                }
            }

            return "";
        }
    }
}
