// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

/// <summary>When <c>weir serve</c> has customers told; how stands with the vault.</summary>
internal sealed record NoticeSettings
{
    [Setting("From a case's opening to its first notice, sent where the policy's `automatic` has `notify`.", Min = "0s",
        Max = "12h", Because = "what is older than a day is not told of by itself")]
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("What was seen of a case must span at least this much for a notice without a person, "
        + "so that one blip mails nobody.", Min = "0s", Max = "12h")]
    public TimeSpan Least { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("Notices given to the vault within a minute; further ones wait.", Min = "1", Max = "10000")]
    public int MostAMinute { get; init; } = 60;

    [Setting("A notice that waited this long is given up, and counted.", Min = "1h", Max = "30d")]
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(7);
}
