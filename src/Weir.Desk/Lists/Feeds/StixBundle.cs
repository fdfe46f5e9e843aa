// SPDX-License-Identifier: Apache-2.0
//
// STIX bundles (2.0 and 2.1) and the pages of a TAXII 2.1 server, which are envelopes {"more":…,"objects":[…]}. Objects
// may come in several versions over several pages: the latest `modified` counts, and a revoked one counts as gone. Only
// indicators become entries. Observed data and bare addresses are what somebody saw, not what somebody accuses.
//
// Standards: STIX 2.1 §4.7 (indicator), §3.6 (versioning), TAXII 2.1 §3.7 (envelope).
using System.Text.Json;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists.Feeds;

internal sealed class StixBundle(FeedParseContext intake)
{
    private readonly Dictionary<string, (string Modified, JsonElement Indicator)> _indicators =
        new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _malware = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _indicates = new(StringComparer.Ordinal);

    public static bool IsBundle(JsonElement root) =>
        root.TryGet("objects", out var objects) && objects.ValueKind == JsonValueKind.Array;

    /// <summary>An envelope without "type" is a TAXII page; an empty one may lack "objects".</summary>
    public static bool IsPage(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && !root.TryGet("type", out _)
        && (IsBundle(root) || root.TryGet("more", out _));

    /// <summary>Index files beside the pages: identifiers and addresses of bundles, no objects.</summary>
    public static bool IsIndex(JsonElement root, out int named)
    {
        named = 0;
        if (root.TryGet("bundles", out var bundles) && bundles.ValueKind == JsonValueKind.Object)
        {
            named = bundles.EnumerateObject().Count();
            return true;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var item in root.EnumerateObject())
        {
            if (!item.Name.Contains("--", StringComparison.Ordinal) || item.Value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            named++;
        }

        return named > 0;
    }

    /// <summary>Takes the objects of one bundle or page; entries come with <see cref="Close"/>.</summary>
    public void Add(JsonElement root, string place)
    {
        var number = 0;
        foreach (var item in root.Each("objects"))
        {
            number++;
            var type = item.Text("type");
            var id = item.Text("id");
            switch (type)
            {
                case "indicator" when id.Length > 0:
                    AddIndicator(id, item);
                    break;
                case "malware" or "tool" or "campaign" or "intrusion-set":
                    _malware[id] = item.Text("name");
                    break;
                case "relationship" when item.Text("relationship_type") == "indicates":
                    _indicates.TryAdd(item.Text("source_ref"), item.Text("target_ref"));
                    break;
                case "":
                case "indicator":
                    intake.Refuse($"{place} object {number}", "an object without type or id");
                    break;
                default:
                    intake.Ignore(type.Length > 40 ? "object of another type" : type);
                    break;
            }
        }
    }

    /// <summary>Turns the latest version of every indicator into entries.</summary>
    public void Close()
    {
        foreach (var (id, (_, indicator)) in _indicators)
        {
            AddItem(id, indicator);
        }
    }

    private void AddIndicator(string id, JsonElement item)
    {
        var modified = item.Text("modified");
        if (!_indicators.TryGetValue(id, out var known))
        {
            _indicators.Add(id, (modified, item.Clone()));
            return;
        }

        intake.Ignore("older version of an indicator");
        if (FeedEntryAttributes.Time(modified) >= FeedEntryAttributes.Time(known.Modified))
        {
            _indicators[id] = (modified, item.Clone());
        }
    }

    private void AddItem(string id, JsonElement item)
    {
        if (item.IsTrue("revoked"))
        {
            intake.Ignore("revoked");
            return;
        }

        if (item.Text("pattern_type") is var language && language is not ("" or "stix"))
        {
            intake.Ignore(language.Length > 40 ? "pattern of another language" : $"{language} pattern");
            return;
        }

        if (item.Each("labels")
            .Any(label => label.ValueKind == JsonValueKind.String && label.Plain() == "misp:to_ids=\"False\""))
        {
            intake.Ignore("not meant for detection (to_ids)");
            return;
        }

        // STIX 2.1 §10.9: benign is not suspicious, whatever else is said beside it.
        if (item.Each("indicator_types")
            .Any(kind => kind.ValueKind == JsonValueKind.String && kind.Plain() == "benign"))
        {
            intake.Ignore("benign indicator");
            return;
        }

        var reading = StixPattern.Read(item.Text("pattern"));
        foreach (var fault in reading.Faults)
        {
            intake.Refuse(id, $"pattern {fault}");
        }

        if (reading.Terms.Count == 0 && reading.Faults.Count == 0)
        {
            intake.Ignore(reading.Others.Count == 0 ? "no pattern"
                : string.Join(" and ", reading.Others) is { Length: <= 60 } others ? others
                : "other things");
        }

        var facts = FactsOf(id, item);
        foreach (var term in reading.Terms)
        {
            facts.Role = term.IsSource ? ListRole.Attacker : null;
            intake.Add(term.What, id, facts);
        }
    }

    private FeedEntryAttributes FactsOf(string id, JsonElement item)
    {
        var from = FeedEntryAttributes.Time(item.Text("valid_from"));
        return new FeedEntryAttributes
        {
            FirstMs = from,
            ValidFromMs = from,
            ExpiresMs = FeedEntryAttributes.Time(item.Text("valid_until")),
            Confidence = item.Number("confidence") is >= 0 and <= 100 and var confidence ? (int)confidence : -1,
            Family = _indicates.TryGetValue(id, out var target) ? _malware.GetValueOrDefault(target, "") : "",
        };
    }
}
