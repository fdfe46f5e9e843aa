// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;

namespace Weir.Collector.Lists;

/// <summary>Settings of the lists that the desk gives.</summary>
public sealed record ListsOptions
{
    /// <summary>Full path of the folder in which the last good copy is kept.</summary>
    public required string Folder { get; init; }

    /// <summary>Most octets of the lists. Default 1 GiB.</summary>
    public long MaxOctets { get; init; } = ListsDocument.MaxOctets;

    /// <summary>How long the desk may keep a question for news; longer than it does. Default 40 s.</summary>
    public TimeSpan PollTimeout { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How long the body may take. Default 5 min.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Pause after a failure; it doubles up to <see cref="LongestPause"/>. Default 500 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Default 30 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How lists stand.</summary>
/// <param name="Version">Of the lists in force; -1 before the desk gave any.</param>
/// <param name="Refused">Bodies refused since the start, by code.</param>
/// <param name="Fault">Why newer lists are not in force; empty where there are none.</param>
internal sealed record ListsState(long Version, IReadOnlyDictionary<string, long> Refused, string Fault);
