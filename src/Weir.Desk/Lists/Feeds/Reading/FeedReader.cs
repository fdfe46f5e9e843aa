// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds.Json;
using Weir.Desk.Lists.Feeds.Stix;
using Weir.Desk.Lists.Feeds.Text;

namespace Weir.Desk.Lists.Feeds.Reading;

/// <summary>Reads a published list, whatever its format: recognised by content, never by its name.</summary>
public static class FeedReader
{
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 64, AllowTrailingCommas = true };

    /// <summary>Reads a file, or the folder of a MISP feed or of TAXII pages. Entries are as published,
    /// duplicates included.</summary>
    /// <param name="options">As <see cref="FeedOptions.Parse"/> gives them.</param>
    /// <param name="time">Tells <see cref="Feed.ReadAt"/>.</param>
    /// <exception cref="FeedException">It is absent, damaged or not a list: nothing of it could be taken though it
    /// holds something.</exception>
    public static Feed Read(FeedOptions options, TimeProvider time) => Read(options.Path, options, time);

    /// <inheritdoc cref="Read(FeedOptions, TimeProvider)"/>
    public static Feed Read(string path, FeedOptions options, TimeProvider time) =>
        ReadHashed(options with { Path = path }, time).Feed;

    /// <summary>The same, with the digest of the octets that were read, as <see cref="ReadDigests.Of"/> has it.
    /// </summary>
    internal static (Feed Feed, string Digest) ReadHashed(FeedOptions options, TimeProvider time)
    {
        var (intake, path) = (IntakeOf(options), options.Path);
        if (Directory.Exists(path))
        {
            FeedFolder.Read(path, intake);
        }
        else
        {
            FeedFile.Read(path, intake.Digests, text => Read(text, intake));
        }

        return (Finish(options, intake, time), intake.Digests.Of(path));
    }

    /// <summary>Reads octets that a file holds or held, as the file would be.</summary>
    /// <param name="octets">All of them, packed or not.</param>
    /// <param name="options">With the file's path.</param>
    /// <param name="time">Tells <see cref="Feed.ReadAt"/>.</param>
    /// <exception cref="FeedException">As of a file.</exception>
    internal static Feed Read(byte[] octets, FeedOptions options, TimeProvider time)
    {
        var intake = IntakeOf(options);
        using var stream = new MemoryStream(octets, writable: false);
        FeedFile.Read(options.Path, stream, intake.Digests, text => Read(text, intake));
        return Finish(options, intake, time);
    }

    private static FeedParseContext IntakeOf(FeedOptions options) =>
        new(options, options.Name ?? NameOf(options.Path));

    private static Feed Finish(FeedOptions options, FeedParseContext intake, TimeProvider time)
    {
        var path = options.Path;
        var feed = intake.Finish(path, time.GetUtcNow());
        if (intake.IsDamaged && intake.Taken > 0)
        {
            throw FeedFile.Cannot(path, "is damaged JSON behind entries that were read; fetch it again");
        }

        if (intake.Taken == 0 && feed.Refused.Count > 0)
        {
            throw new FeedException($"watchlist {path} holds nothing that can be read as a list; first of "
                + $"{feed.Refused.Count} refused: {feed.Refused.Examples[0]}.", FeedException.Unreadable);
        }

        if (intake.Taken == 0 && feed.Format is "csv" or "json" or "json-lines"
            && feed.Ignored.TryGetValue(FeedParseContext.Urls, out var urls))
        {
            throw new FeedException($"watchlist {path} holds {urls} URLs and no address; flows carry no URL, so list "
                + "the address and port of each C&C.", FeedException.Unreadable);
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
        if (OtherThanList(head) is { Length: > 0 } other)
        {
            intake.Refuse("file", other);
        }
        else if (IsJson(head) && !IsJsonLines(head))
        {
            var stix = new StixBundle(intake);
            JsonList.Read(text, "file", intake, stix);
            stix.Close();
        }
        else
        {
            TextList.Read(text, intake);
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

    /// <summary>An object, or an array of objects, texts or arrays: a list of addresses may begin with a bracket too,
    /// "[2001:db8::7]:443".</summary>
    internal static bool IsJson(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.Length > 0
            && (start[0] == '{' || (start[0] == '[' && start[1..].TrimStart() is ['{' or '[' or '"' or ']', ..]));
    }

    /// <summary>What a text is that no line of may be read as an entry, though it may hold addresses; empty for what
    /// may be a list.</summary>
    private static string OtherThanList(string text)
    {
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (start is not ['<', ..])
        {
            return start.StartsWith("%PDF-", StringComparison.Ordinal) ? "a PDF document and not a list" : "";
        }

        var head = start[..Math.Min(start.Length, 2_048)];
        return Holds(head, "<!doctype html") || Holds(head, "<html") || Holds(head, "<head")
                ? "a web page (HTML) and not a list; give the address of the list itself, with the key it may ask for"
            : Holds(head, "iodef") ? "an IODEF document (RFC 7970) and not a list; lists of STIX, MISP or CSV are read"
            : Holds(head, "stix_package") ? "STIX 1 (XML); lists of STIX 2 are read"
            : Holds(head, "<ioc") || Holds(head, "openioc") ? "OpenIOC (XML); lists of STIX, MISP or CSV are read"
            : Holds(head, "<rss") || Holds(head, "<feed") ? "a news feed (RSS) and not a list"
            : "XML, and no list in XML is read";

        static bool Holds(ReadOnlySpan<char> text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>JSON lines: the first line is a whole object, and either more follow or it is a flat row.</summary>
    private static bool IsJsonLines(string text)
    {
        var lines = new StringReader(text.TrimStart());
        var line = lines.ReadLine() ?? "";
        if (line.Length > 65_536 || !line.TrimEnd().EndsWith('}'))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line, Json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && (lines.ReadLine()?.TrimStart() is ['{', ..] || document.RootElement.EnumerateObject()
                    .Any(property => property.Name.Equals("ioc", StringComparison.OrdinalIgnoreCase)
                        || (ColumnMap.TryField(property.Name, out var field)
                            && field is FeedField.Address or FeedField.Host)));
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
