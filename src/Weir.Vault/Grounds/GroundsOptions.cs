// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Vault.Grounds;

/// <summary>Whose word the vault believes about what happened: from its own configuration, never from the
/// desk.</summary>
public sealed record GroundsOptions
{
    /// <summary>Who signs events: each collector, and the store.</summary>
    public IReadOnlyList<EventKeyHolder> Keys { get; init; } = [];

    /// <summary>How far a scope may reach around what it rests on.</summary>
    public ScopeLimits Limits { get; init; } = ScopeLimits.Default;

    /// <summary>How long after a scope's last possible flow something may still come of it. Default 90 days, which
    /// rules.md R10 names as the most that evidence is kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>One of them.</summary>
/// <param name="Holder">Role, <c>collector</c> or <c>store</c>, and name.</param>
/// <param name="Key">The key; null where it stands in a file.</param>
/// <param name="File">A file that holds <c>ed25519:…</c> alone, or a list of keys with a line of this holder: read
/// again while nobody knows the key of an envelope, so that a vault may start before the process whose key it is. Null
/// for none.</param>
public sealed record EventKeyHolder(KeyHolder Holder, PublicKey? Key, string? File = null);
