// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Grounds;

namespace Weir.Collector.Scopes;

/// <summary>Settings of scopes and what they rest on.</summary>
public sealed record ScopesOptions
{
    /// <summary>How far a scope may reach around its grounds.</summary>
    public ScopeLimits Limits { get; init; } = ScopeLimits.Default;

    /// <summary>Who may promote, with their keys: orders on what the store found in digests rest on two of them. Nobody
    /// unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>How long an own event is recorded without the desk's order, from the last word of it: as long as the
    /// desk lets a scope go on without. Default 25 min.</summary>
    public TimeSpan ProvisionalFor { get; init; } = TimeSpan.FromMinutes(25);

    /// <summary>Most scopes recorded without the desk's order at once. Default 100,000.</summary>
    public int MaxProvisional { get; init; } = 100_000;

    /// <summary>How long the desk may keep a question for news; longer than it does. Default 40 s.</summary>
    public TimeSpan PollTimeout { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Pause after a failure; it doubles up to <see cref="LongestPause"/>. Default 500 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Default 15 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);
}
