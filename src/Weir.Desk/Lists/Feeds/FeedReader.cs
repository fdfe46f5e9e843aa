// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Reads a published list, whatever its format: recognised by content, never by its name.</summary>
public static class FeedReader
{
    /// <summary>A JSON document of so many octets or more is read item by item.</summary>
    private const int WholeOctets = 16 << 20;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 64, AllowTrailingCommas = true };

    /// <summary>Reads a file, or the folder of a MISP feed or of TAXII pages. Entries are as published,
    /// duplicates included.</summary>
    /// <param name="options">As <see cref="FeedOptions.Parse"/> gives them.</param>
    /// <param name="time">Tells <see cref="Feed.ReadAt"/>.</param>
    /// <exception cref="FeedException">It is absent, damaged or not a list: nothing of it could be taken though it
    /// holds something.</exception>
    public static Feed Read(FeedOptions options, TimeProvider time) => Read(options.Path, options, time);

    /// <inheritdoc cref="Read(FeedOptions, TimeProvider)"/>
    public static Feed Read(string path, FeedOptions options, TimeProvider time)
    {
        options = options with { Path = path };
        var intake = new FeedParseContext(options, options.Name ?? NameOf(path));
        if (Directory.Exists(path))
        {
            FeedFolder.Read(path, intake);
        }
        else
        {
            FeedFile.Read(path, text => Read(text, intake));
        }

        var feed = intake.Finish(path, time.GetUtcNow());
        if (intake.Taken == 0 && feed.Refused.Count > 0)
        {
            throw new FeedException($"watchlist {path} holds nothing that can be read as a list; first of "
                + $"{feed.Refused.Count} refused: {feed.Refused.Examples[0]}.", FeedException.Unreadable);
        }

        return options.MinHits > 1 && intake.Format is not ("ipsum" or "csv" or "json-lines")
            ? throw new FeedException(
                $"watchlist {path} counts no hits ({intake.Format}); leave min-hits out.", FeedException.BadArgument)
            : feed;
    }

    /// <summary>Reads a list's text. Whatever it holds is taken, ignored or refused, and counted; it throws only over
    /// one that holds more than may be held.</summary>
    internal static Feed Parse(string text, FeedOptions options, TimeProvider time)
    {
        var intake = new FeedParseContext(options, options.Name ?? NameOf(options.Path));
        using var stream = FeedStream.Of(text);
        Read(stream, intake);
        return intake.Finish(options.Path, time.GetUtcNow());
    }

    private static void Read(FeedStream text, FeedParseContext intake)
    {
        var head = text.Head;
        if (IsJson(head) && !IsJsonLines(head))
        {
            var stix = new StixBundle(intake);
            ReadJson(text, "file", intake, stix);
            stix.Close();
        }
        else
        {
            TextList.Read(text, intake);
        }
    }

    /// <summary>Reads one JSON document: whole where it is small, else item by item.</summary>
    internal static void ReadJson(Stream text, string place, FeedParseContext intake, StixBundle stix)
    {
        var octets = new byte[WholeOctets];
        var count = text.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
        if (count < octets.Length)
        {
            WithJson(octets.AsMemory(0, count), place, intake, root => ReadDocument(root, place, intake, stix));
            return;
        }

        var items = new JsonItems(
            text, intake.Options.Path, (array, item, number) => ReadItem(array, item, place, number, (intake, stix)));
        if (items.Read(octets) < 0)
        {
            intake.Refuse(place,
                $"a JSON document of {WholeOctets >> 20} MiB or more that holds no array of rows, STIX "
                + "objects, or MISP events or attributes");
        }
    }

    private static void ReadItem(
        string array, JsonElement item, string place, int number, (FeedParseContext Intake, StixBundle Stix) to)
    {
        var where = $"{place} item {number}";
        switch (array)
        {
            case "objects":
                to.Intake.Format = to.Intake.Format is "unknown" ? "stix" : to.Intake.Format;
                to.Stix.AddObject(item, where);
                break;
            case "Attribute":
                to.Intake.Format = "misp";
                MispFeed.ReadAttribute(item, where, to.Intake);
                break;
            case "response":
            case "" when item.TryGet("Event", out _):
                to.Intake.Format = "misp";
                MispFeed.ReadEvents(item, where, to.Intake);
                break;
            default:
                to.Intake.Format = "json";
                JsonLines.AddRow(item, where, to.Intake);
                break;
        }
    }

    /// <summary>Runs <paramref name="use"/> over a JSON text; a damaged one is refused.</summary>
    internal static void WithJson(ReadOnlyMemory<byte> text, string place, FeedParseContext intake,
        Action<JsonElement> use)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            use(document.RootElement);
        }
        catch (Exception fault) when (JsonText.IsDamage(fault))
        {
            intake.Refuse(place, fault is JsonException { LineNumber: { } line }
                ? $"damaged JSON at line {line + 1}"
                : "damaged JSON");
        }
    }

    internal static void ReadDocument(JsonElement root, string place, FeedParseContext intake, StixBundle stix)
    {
        if (MispFeed.IsEvent(root))
        {
            intake.Format = "misp";
            MispFeed.ReadEvents(root, place, intake);
        }
        else if (MispFeed.IsWarninglist(root))
        {
            intake.Format = "misp-warninglist";
            MispFeed.ReadWarninglist(root, intake);
        }
        else if (StixBundle.IsPage(root))
        {
            intake.Format = "taxii";
            stix.Add(root, place);
        }
        else if (StixBundle.IsBundle(root))
        {
            intake.Format = "stix";
            stix.Add(root, place);
        }
        else if (StixBundle.IsIndex(root, out var named))
        {
            intake.Format = intake.Format is "unknown" ? "stix-index" : intake.Format;
            intake.Ignore("object named without content", named);
        }
        else if (MispFeed.IsManifest(root))
        {
            intake.Format = "misp";
            intake.Refuse(place, "a manifest alone; name its folder");
        }
        else if (root.ValueKind == JsonValueKind.Array)
        {
            intake.Format = "json";
            var number = 0;
            foreach (var row in root.EnumerateArray())
            {
                JsonLines.AddRow(row, $"item {++number}", intake);
            }
        }
        else
        {
            intake.Refuse(place, "JSON of no known list format");
        }
    }

    /// <summary>An object, or an array of objects, texts or arrays: a list of addresses may begin with a bracket too,
    /// "[2001:db8::7]:443".</summary>
    internal static bool IsJson(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.Length > 0
            && (start[0] == '{' || (start[0] == '[' && start[1..].TrimStart() is ['{' or '[' or '"' or ']', ..]));
    }

    /// <summary>JSON lines: the first line is a whole object, and either more follow or it is a flat row.</summary>
    private static bool IsJsonLines(string text)
    {
        var line = new StringReader(text.TrimStart()).ReadLine() ?? "";
        if (line.Length > 65_536 || !line.TrimEnd().EndsWith('}'))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line, Json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.EnumerateObject()
                    .Any(property => property.Name.Equals("ioc", StringComparison.OrdinalIgnoreCase)
                        || (ColumnMap.TryField(property.Name, out var field) && field == FeedField.Address));
        }
        catch (Exception fault) when (JsonText.IsDamage(fault))
        {
            return false;
        }
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path.TrimEnd('/'));
        foreach (var ending in (string[])[
            ".xz", ".gz", ".csv", ".json", ".txt", ".ipset", ".netset", ".stix2", ".list"])
        {
            name = name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && name.Length > ending.Length
                ? name[..^ending.Length]
                : name;
        }

        return name.Length == 0 ? "watchlist" : name;
    }
}
