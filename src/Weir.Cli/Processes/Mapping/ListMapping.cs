// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using ListRole = Weir.Contracts.Lists.ListRole;

namespace Weir.Cli.Processes.Mapping;

/// <summary><c>matching.lists</c> as the desk takes it.</summary>
internal static class ListMapping
{
    /// <summary>Every list.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="folder">The desk's own folder, for copies that have no path of their own.</param>
    public static List<DeskList> Lists(MatchingSettings settings, string folder) =>
        [.. settings.Lists.Select(list => Of(list, PathOf(list, folder)))];

    /// <summary>What is wrong with the lists.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(MatchingSettings settings)
    {
        for (var i = 0; i < settings.Lists.Count; i++)
        {
            var (path, list) = ($"matching.lists[{i}]", settings.Lists[i]);
            if (list is { Path: "", Url: "" })
            {
                yield return (path, "names neither path nor url; write where the list is");
            }

            foreach (var (setting, text) in ((string, string)[])[("url", list.Url), ("checksum-url", list.ChecksumUrl)])
            {
                if (text.Length > 0 && UrlOf(text)?.Scheme != Uri.UriSchemeHttps)
                {
                    yield return ($"{path}.{setting}",
                        $"'{text}' is no https URL; what is fetched in clear can be anybody's");
                }
            }

            if (UrlOf(list.Url) is { UserInfo.Length: > 0 })
            {
                yield return ($"{path}.url", "carries a user or password; write them into key-file");
            }

            if (list.Proxy.Length > 0 && UrlOf(list.Proxy) is not { Scheme: "http" or "https" })
            {
                yield return ($"{path}.proxy", $"'{list.Proxy}' is no URL of a proxy, such as http://proxy.example:3128");
            }

            if (list is { Kind: not ListKindSetting.File, Url: "" })
            {
                yield return ($"{path}.kind", "is for what is fetched; write url");
            }
        }
    }

    private static DeskList Of(WatchlistSettings list, string path) => new(
        new FeedOptions
        {
            Name = list.Name,
            Path = path,
            Role = RoleOf(list.Role),
            MinHits = list.MinHits,
            Confidence = (byte)list.Confidence,
            IsFetched = list.Url.Length > 0,
        },
        list.Url.Length == 0 ? null : SourceOf(list, Path.GetFullPath(path)),
        list.MaxAge);

    private static ListSource SourceOf(WatchlistSettings list, string path) => new()
    {
        Name = list.Name,
        Kind = (FeedKind)list.Kind,
        Url = UrlOf(list.Url)!,
        Period = list.Refresh,
        Path = path,
        Checksum = UrlOf(list.ChecksumUrl),
        KeyFile = list.KeyFile.Length > 0 ? list.KeyFile : null,
        KeyHeader = list.KeyHeader.Length > 0 ? list.KeyHeader : null,
        Proxy = UrlOf(list.Proxy),
        CaFile = list.CaFile.Length > 0 ? list.CaFile : null,
        IsPrivate = list.Private,
    };

    private static string PathOf(WatchlistSettings list, string folder) => list.Path.Length > 0 ? list.Path
        : Path.Combine(folder, "lists", string.Concat(list.Name.Select(
            c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')));

    private static Uri? UrlOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    private static ListRole RoleOf(ListRoleSetting role) => role switch
    {
        ListRoleSetting.C2 => ListRole.C2,
        ListRoleSetting.Sinkhole => ListRole.Sinkhole,
        ListRoleSetting.Attacker => ListRole.Attacker,
        ListRoleSetting.Bogon => ListRole.Bogon,
        _ => ListRole.Allow,
    };
}
