// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Notices;

/// <summary>How notices are planned and paced.</summary>
public sealed record NoticeOptions
{
    /// <summary>A case opened longer ago than this is not told of by itself: what a program that was away for days
    /// finds is no news.</summary>
    public static readonly TimeSpan NewFor = TimeSpan.FromHours(24);

    /// <summary>From a case's opening to its first notice.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What was seen must span at least this much, so that one blip is not told of by itself.</summary>
    public TimeSpan MinDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Notices given to the vault within a minute.</summary>
    public int MaxPerMinute { get; init; } = 60;

    /// <summary>What waited longer is given up.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Wait after the first failed attempt; doubled with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);
}
