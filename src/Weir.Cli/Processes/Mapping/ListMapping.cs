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
