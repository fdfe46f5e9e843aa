// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Alerts;

/// <summary>How alerts are sent.</summary>
public sealed record AlertOptions
{
    /// <summary>So many of a kind in <see cref="Window"/> go out one by one; more become one
    /// digest at its end.</summary>
    public int MaxPerKind { get; init; } = 20;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>So many a minute by each channel; the others wait.</summary>
    public int MaxPerMinute { get; init; } = 60;

    /// <summary>Wait after the first failure; doubled with each, with a random half more or less.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>An alert that no try got through for this long is given up.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Ids are known for this long, so that nothing is told twice.</summary>
    public TimeSpan KeepIds { get; init; } = TimeSpan.FromDays(90);
}
