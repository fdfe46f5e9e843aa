// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Signing;

namespace Weir.Store.LookBack;

/// <summary>Looking back under promotions.</summary>
public sealed record LookBackOptions
{
    /// <summary>The store's own key: events found in digests are its word.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>Who may promote, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>Subjects stand in clear, so that a span may lie in several epochs.</summary>
    public bool IsLab { get; init; }

    /// <summary>How far back, at most. Default seven days: digests are kept no longer (R10).</summary>
    public TimeSpan Reach { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long the leave of a promotion lets the machine look back. Default seven days.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether only what a comparison of this store found may be looked back for. Default yes.</summary>
    public bool FoundOnly { get; init; } = true;
}
