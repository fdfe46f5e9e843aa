// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Desk.Lists.Feeds;

/// <summary>What a column of a list may hold.</summary>
internal enum FeedField : byte
{
    Address,
    Port,
    Protocol,
    First,
    Last,
    Expires,
    Confidence,
    Family,
    Type,
    Hits,
    Provenance,
}

/// <summary>Which column of a row holds what, by the names publishers use (contract.md "CSV lists").</summary>
internal sealed class ColumnMap
{
    private static readonly Dictionary<string, FeedField> Names = new(StringComparer.Ordinal)
    {
        ["ip"] = FeedField.Address,
        ["address"] = FeedField.Address,
        ["dstip"] = FeedField.Address,
        ["indicator"] = FeedField.Address,
        ["iocvalue"] = FeedField.Address,
        ["ipaddress"] = FeedField.Address,
        ["ipv4"] = FeedField.Address,
        ["ipv6"] = FeedField.Address,
        ["cidr"] = FeedField.Address,
        ["network"] = FeedField.Address,
        ["prefix"] = FeedField.Address,
        ["dstaddress"] = FeedField.Address,
        ["destip"] = FeedField.Address,
        ["value"] = FeedField.Address,
        ["ipport"] = FeedField.Address,
        ["host"] = FeedField.Address,
        ["domain"] = FeedField.Address,
        ["port"] = FeedField.Port,
        ["dstport"] = FeedField.Port,
        ["destport"] = FeedField.Port,
        ["remoteport"] = FeedField.Port, ["protocol"] = FeedField.Protocol, ["proto"] = FeedField.Protocol,
        ["firstseen"] = FeedField.First,
        ["firstseenutc"] = FeedField.First,
        ["dateadded"] = FeedField.First,
        ["date"] = FeedField.First,
        ["lastseen"] = FeedField.Last,
        ["lastseenutc"] = FeedField.Last,
        ["lastonline"] = FeedField.Last,
        ["expires"] = FeedField.Expires,
        ["expiry"] = FeedField.Expires,
        ["validuntil"] = FeedField.Expires,
        ["expiration"] = FeedField.Expires,
        ["confidence"] = FeedField.Confidence,
        ["confidencelevel"] = FeedField.Confidence,
        ["malware"] = FeedField.Family,
        ["family"] = FeedField.Family,
        ["malwareprintable"] = FeedField.Family,
        ["malwarefamily"] = FeedField.Family, ["ioc"] = FeedField.Family, ["tags"] = FeedField.Family,
        ["ioctype"] = FeedField.Type, ["type"] = FeedField.Type, ["indicatortype"] = FeedField.Type,
        ["hits"] = FeedField.Hits, ["count"] = FeedField.Hits,
        ["provenance"] = FeedField.Provenance,
    };

    private readonly int[] _columns = [.. Enumerable.Repeat(-1, Enum.GetValues<FeedField>().Length)];

    public static string FieldNames { get; } = string.Join(", ", Enum.GetNames<FeedField>()).ToLowerInvariant();

    public static bool IsField(string name) => FieldNames.Split(", ").Contains(name, StringComparer.Ordinal);

    public bool Has(FeedField field) => _columns[(int)field] >= 0;

    public void Put(FeedField field, int column) => _columns[(int)field] = column;

    public string? Value(List<string> row, FeedField field) =>
        _columns[(int)field] is var at && at >= 0 && at < row.Count ? row[at] : null;

    /// <summary>Reads a header; null where no column holds an address.</summary>
    public static ColumnMap? FromHeader(List<string> header)
    {
        var map = new ColumnMap();
        for (var i = 0; i < header.Count; i++)
        {
            if (TryField(header[i], out var field) && !map.Has(field))
            {
                map.Put(field, i);
            }
        }

        // "ioc" is the malware's name beside an address column and the address itself where there is none.
        var ioc = header.FindIndex(name => Bare(name) == "ioc");
        if (!map.Has(FeedField.Address) && ioc >= 0)
        {
            map.Put(FeedField.Address, ioc);
            map._columns[(int)FeedField.Family] =
                map._columns[(int)FeedField.Family] == ioc ? -1 : map._columns[(int)FeedField.Family];
        }

        return map.Has(FeedField.Address) ? map : null;
    }

    public static bool TryField(string name, out FeedField field) => Names.TryGetValue(Bare(name), out field);

    /// <summary>Takes a row: an indicator and what the list says about it.</summary>
    public void AddRow(List<string> row, string place, FeedParseContext intake)
    {
        var text = Value(row, FeedField.Address) ?? "";
        if (IsOtherType(Value(row, FeedField.Type), intake))
        {
            return;
        }

        if (Has(FeedField.Hits)
            && long.TryParse(Value(row, FeedField.Hits), NumberStyles.None, CultureInfo.InvariantCulture, out var hits)
            && intake.HasTooFewHits(hits))
        {
            return;
        }

        var indicator = IndicatorText.Parse(text);
        if (indicator.Kind == IndicatorKind.Unreadable)
        {
            intake.Refuse(place, $"'{Short(text)}' is {indicator.Reason}");
            return;
        }

        if (Value(row, FeedField.Port) is { } port && port.Trim() is var written
            && written is not ("" or "0" or "*" or "any") && indicator.Port == 0)
        {
            if (!IndicatorText.TryPort(written, out var number))
            {
                intake.Refuse(place, $"'{Short(written)}' is not a port from 1 to 65535");
                return;
            }

            indicator = indicator with { Port = number };
        }

        if (Value(row, FeedField.Protocol) is { Length: > 0 } protocol && indicator.Protocol == 0)
        {
            if (!Protocols.TryParse(protocol.Trim().ToLowerInvariant(), out var number))
            {
                intake.Refuse(place, $"'{Short(protocol)}' is not a protocol");
                return;
            }

            indicator = indicator with { Protocol = number };
        }

        intake.Add(indicator, place, FactsOf(row));
    }

    private FeedEntryAttributes FactsOf(List<string> row) => new()
    {
        FirstMs = FeedEntryAttributes.Time(Value(row, FeedField.First)),
        LastMs = FeedEntryAttributes.Time(Value(row, FeedField.Last)),
        ExpiresMs = FeedEntryAttributes.Time(Value(row, FeedField.Expires)),
        Confidence = int.TryParse(
            Value(row, FeedField.Confidence), NumberStyles.None, CultureInfo.InvariantCulture, out var confidence)
            ? Math.Min(confidence, 100)
            : -1,
        Family = Value(row, FeedField.Family)?.Trim() ?? "",
        Provenance = Value(row, FeedField.Provenance)?.Trim() ?? "",
    };

    private static bool IsOtherType(string? type, FeedParseContext intake)
    {
        var other = type?.Trim().ToLowerInvariant() switch
        {
            null or "" => null,
            "url" or "uri" => "url",
            var t when t.Contains("hash", StringComparison.Ordinal)
                || t.StartsWith("md5", StringComparison.Ordinal) || t.StartsWith("sha", StringComparison.Ordinal) =>
                "file hash",
            var t when t.StartsWith("email", StringComparison.Ordinal) => "mail address",
            _ => null,
        };
        if (other is not null)
        {
            intake.Ignore(other);
        }

        return other is not null;
    }

    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    internal static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
