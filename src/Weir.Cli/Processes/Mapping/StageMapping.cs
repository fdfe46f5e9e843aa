// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Lists;
using Weir.Hosting.Sections;
using ListRole = Weir.Contracts.Lists.ListRole;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The configuration, section by section, as the stages take it.</summary>
internal static class StageMapping
{
    /// <summary>Name of the list that holds <c>matching.allow</c>.</summary>
    public const string AllowList = "matching.allow";

    /// <summary><c>matching.allow</c> as a list of its own; none where it is empty.</summary>
    public static List<Feed> Allowed(MatchingSettings settings, DateTimeOffset now)
    {
        var tag = new ListTag(AllowList, ListRole.Allow, 100, "");
        return settings.Allow.Count == 0 ? [] :
        [
            new Feed
            {
                Name = AllowList,
                Path = "",
                Format = "configuration",
                Role = ListRole.Allow,
                Entries = [.. settings.Allow.Select(what => new ListEntry(what, 0, 0, tag, 0, 0, ListEntry.Never, 0))],
                Domains = [],
                Refused = new RejectedLines(0, []),
                Ignored = new Dictionary<string, int>(),
                ReadAt = now,
            },
        ];
    }
}
