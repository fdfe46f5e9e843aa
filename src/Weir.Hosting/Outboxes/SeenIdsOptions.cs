// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Outboxes;

/// <summary>Settings of a set of ids.</summary>
public sealed record SeenIdsOptions
{
    /// <summary>How long an id is remembered at least. Default 7 d.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Most ids in memory (about 50 octets each); beyond them the oldest are forgotten early, and counted.
    /// Default 4,000,000.</summary>
    public int MaxIds { get; init; } = 4_000_000;
}
