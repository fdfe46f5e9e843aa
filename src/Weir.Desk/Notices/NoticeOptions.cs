// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Notices;

/// <summary>When customers are told; the section <c>notices</c>. How stands with the vault.</summary>
public sealed record NoticeOptions
{
    /// <summary>A case opened longer ago than this is not told of by itself: what a program that was away for days
    /// finds is no news.</summary>
    public static readonly TimeSpan NewFor = TimeSpan.FromHours(24);

    [Setting("From a case's opening to its first notice, sent where the policy's `automatic` has `notify`.", Min = "0s",
        Max = "12h", Because = "what is older than a day is not told of by itself")]
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("What was seen of a case must span at least this much for a notice without a person, "
        + "so that one blip mails nobody.", Key = "least", Min = "0s", Max = "12h")]
    public TimeSpan MinDuration { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("Notices given to the vault within a minute; further ones wait.", Key = "most-a-minute", Min = "1",
        Max = "10000")]
    public int MaxPerMinute { get; init; } = 60;

    [Setting("A notice that waited this long is given up, and counted.", Min = "1h", Max = "30d")]
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Wait after the first failed attempt; doubled with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);
}
