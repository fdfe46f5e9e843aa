// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>How many lines a listed network, and what an edit brought, may make cases of before two people look at it; the
/// section <c>brake</c>, which desk, store and vault read.</summary>
public sealed record BrakeOptions : ISection
{
    [Setting("Lines that one listed network (/24, of IPv6 /48) may make cases of on a day. Beyond it nothing comes of the "
        + "network: its events are held until two people release or drop them. A thousandth of your lines, and no "
        + "fewer than k of the policy. Ten times as many where two lists name the far end. In a lab nothing is held.",
        Min = "5", Max = "1000000", Because = "below 5 a bot in a household would hold its own C&C")]
    public int Lines { get; init; } = 20;

    [Setting("Lines without a case that one edit of a list, its first load too, may bring on a day over all of its entries, "
        + "for 30 days. Beyond it all that the edit brought is held together. Five times `lines` is a start.",
        Min = "5", Max = "1000000", Because = "below 5 a bot in a household would hold a whole list")]
    public int NewLines { get; init; } = 100;

    [Setting("How long the first lines of what an edit brought are counted, from the first contact on, before cases are "
        + "opened: where they are more than `lines` by then, none is. `0s` opens at once.", Min = "0s", Max = "1h")]
    public TimeSpan Settles { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The bound under a profile.</summary>
    public int BoundOf(Profile profile) => profile == Profile.Lab ? int.MaxValue : Lines;

    public void Validate(SectionFaults faults)
    {
    }
}
