// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Desk.Lists.Feeds.Json;
using Weir.Desk.Lists.Feeds.Stix;

namespace Weir.Desk.Lists.Feeds.Reading;

/// <summary>A folder: a MISP feed where a manifest says so, else pages of STIX objects read as one list.</summary>
internal static class FeedFolder
{
    private const int LargestDocument = 16 << 20;

    public static void Read(string folder, FeedParseContext intake)
    {
        var manifest = Path.Combine(folder, "manifest.json");
        var isMisp = false;
        if (File.Exists(manifest))
        {
            FeedReader.WithJson(Octets(manifest, intake), "manifest.json", intake, root =>
            {
                isMisp = MispFeed.IsManifest(root);
                if (isMisp)
                {
                    ReadMisp(folder, root, intake);
                }
            });
        }

        if (!isMisp)
        {
            ReadPages(folder, intake);
        }
    }

    private static void ReadMisp(string folder, JsonElement manifest, FeedParseContext intake)
    {
        intake.Format = "misp-feed";
        foreach (var item in manifest.EnumerateObject())
        {
            // The name is used as a file's name: only what is a uuid may be one.
            var file = Guid.TryParse(item.Name, out var uuid) ? Path.Combine(folder, $"{uuid:D}.json") : "";
            if (!File.Exists(file))
            {
                intake.Refuse("manifest.json", $"event {ColumnMap.Short(item.Name)} has no file");
                continue;
            }

            FeedReader.WithJson(Octets(file, intake), $"{uuid:D}.json", intake, root =>
            {
                if (root.TryGet(JsonItems.Event, out var told))
                {
                    MispFeed.ReadEvent(told, $"{uuid:D}.json", intake);
                }
                else
                {
                    intake.Refuse($"{uuid:D}.json", "not a MISP event");
                }
            });
        }
    }

    private static void ReadPages(string folder, FeedParseContext intake)
    {
        var stix = new StixBundle(intake);
        var files = Directory.GetFiles(folder);
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            FeedFile.Read(file, intake.Digests, text =>
            {
                if (FeedReader.IsJson(text.Head))
                {
                    JsonList.Read(text, name, intake, stix);
                }
                else
                {
                    intake.Ignore("file that is not JSON");
                }
            });
        }

        stix.Close();
        if (files.Length == 0)
        {
            throw new FeedException(
                $"watchlist folder {folder} is empty; name a list, or the folder of a MISP feed or of TAXII pages.",
                FeedException.Unreadable);
        }
    }

    /// <summary>A manifest or one event.</summary>
    /// <exception cref="FeedException">It is larger than either may be.</exception>
    private static ReadOnlyMemory<byte> Octets(string path, FeedParseContext intake)
    {
        using var memory = new MemoryStream();
        FeedFile.Read(path, intake.Digests, text =>
        {
            var part = new byte[1 << 16];
            for (int count; (count = text.Read(part)) > 0;)
            {
                if (memory.Length + count > LargestDocument)
                {
                    throw FeedFile.Cannot(path, $"is larger than {LargestDocument >> 20} MiB, which no event is");
                }

                memory.Write(part, 0, count);
            }
        });
        return memory.ToArray();
    }
}
