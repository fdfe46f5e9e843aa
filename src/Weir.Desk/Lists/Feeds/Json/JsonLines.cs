// SPDX-License-Identifier: Apache-2.0
//
// One JSON object a line, as Spamhaus publishes DROP ({"cidr":"192.0.2.0/24","sblid":…}) with a closing metadata object
// whose "records" says how many there should be; and arrays of flat objects, as abuse.ch publishes Feodo. Keys are
// recognised like the columns of a CSV list.
using System.Text.Json;

namespace Weir.Desk.Lists.Feeds.Json;

internal static class JsonLines
{
    private const string Ioc = "ioc";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public static void Read(
        int number, string line, IEnumerator<(int Number, string Line)> lines, FeedParseContext intake)
    {
        long announced = -1;
        var objects = 0;
        for (var more = true; more; more = lines.MoveNext(), (number, line) = more ? lines.Current : default)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line, Strict);
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.Text("type") == "metadata")
                {
                    announced = document.RootElement.Number("records");
                    continue;
                }

                objects++;
                AddRow(document.RootElement, $"line {number}", intake);
            }
            catch (Exception fault) when (JsonText.IsDamage(fault))
            {
                intake.Refuse($"line {number}", "not a JSON object");
            }
        }

        if (announced >= 0 && announced != objects)
        {
            intake.Refuse("metadata", $"the list says {announced} records and holds {objects}");
        }
    }

    /// <summary>A text or number; several ports may stand in an array. Null for what is neither.</summary>
    private static string? TextOf(JsonElement value, FeedField field) => value.ValueKind switch
    {
        JsonValueKind.String => value.Plain(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True or JsonValueKind.False
            when field is FeedField.Detection or FeedField.Withdrawn or FeedField.Active => value.GetRawText(),
        JsonValueKind.Array when field == FeedField.Port =>
            string.Join(',', value.EnumerateArray().Select(one => TextOf(one, FeedField.Address) ?? "")),
        _ => null,
    };

    /// <summary>Takes one flat object.</summary>
    public static void AddRow(JsonElement row, string place, FeedParseContext intake)
    {
        if (row.ValueKind == JsonValueKind.String)
        {
            intake.Add(IndicatorText.Parse(row.Plain()), place, new FeedEntryAttributes());
            return;
        }

        if (row.ValueKind != JsonValueKind.Object)
        {
            intake.Refuse(place, "not a JSON object");
            return;
        }

        var map = new ColumnMap();
        var values = new List<string>();
        foreach (var property in row.EnumerateObject())
        {
            if (ColumnMap.TryField(property.Name, out var field) && map.Takes(field)
                && !property.Name.Equals(Ioc, StringComparison.OrdinalIgnoreCase)
                && TextOf(property.Value, field) is { } text)
            {
                map.Put(field, values.Count);
                values.Add(text);
            }
        }

        map.TakeHost();

        // "ioc" is the malware's name beside an address and the address itself where there is none.
        var ioc = row.Text(Ioc);
        var named = map.Has(FeedField.Address) ? FeedField.Family : FeedField.Address;
        ioc = ioc.Length == 0 && named == FeedField.Address ? row.Text("url") : ioc;
        if (ioc.Length > 0 && !map.Has(named))
        {
            map.Put(named, values.Count);
            values.Add(ioc);
        }

        if (!map.Has(FeedField.Address))
        {
            intake.Refuse(place, "no key names an address");
            return;
        }

        map.AddRow(values, place, intake);
    }
}
