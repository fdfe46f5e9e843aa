// SPDX-License-Identifier: Apache-2.0
//
// What the ladder needs of the vault: a line's prefix, for a block that routers match on it, and the garden, which
// RADIUS or a script of the provider puts a line in. Who the customer is does not come back.
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Contracts.AccessControl;

/// <summary>How far a line is restricted (rules.md R14, RFC 6561 section 5.4).</summary>
public enum WalledGarden : byte
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Most things work; a page explains.</summary>
    Leaky,

    /// <summary>Help, emergency calls and remediation sites alone.</summary>
    Strict,
}

/// <summary>An order to put a line in a garden or out of it.</summary>
/// <param name="Case">Whose line.</param>
/// <param name="Scope">The scope that allows it.</param>
/// <param name="Garden">Which; none lets the line out.</param>
/// <param name="By">Who asked, and who gave leave where two were needed.</param>
/// <param name="Reason">As they said.</param>
public sealed record WalledGardenOrder(CaseId Case, ScopeId Scope, WalledGarden Garden, string By, string Reason)
{
    /// <summary>What stays open in every garden, as configured: networks, <c>udp/5060</c>, names.</summary>
    public IReadOnlyList<string> Exempt { get; init; } = [];
}

/// <summary>What became of it.</summary>
/// <param name="IsDone">The access system confirmed it.</param>
/// <param name="Way"><c>radius</c> or <c>script</c>.</param>
/// <param name="Reply">What it said, without names: <c>CoA-ACK</c>,
/// <c>CoA-NAK 503 Session-Context-Not-Found</c>, <c>exit 0</c>.</param>
/// <param name="At">When.</param>
public sealed record WalledGardenResult(bool IsDone, string Way, string Reply, DateTimeOffset At);

/// <summary>What the vault does for restrictions of a line. Every call may fail with VaultDownException or
/// VaultRefusedException.</summary>
public interface IAccessControlGateway
{
    /// <summary>The prefix that the line of a case has now, for a route that routers match on; null where it has none.
    /// Kept no longer than the block.</summary>
    /// <remarks>A line that shares an address (CGNAT) is refused with <c>too-wide</c>: a route on it
    /// would hit others.</remarks>
    Task<Prefix?> PrefixAsync(CaseId id, ScopeId scope, CancellationToken cancel);

    /// <summary>All networks of one family that the line has now, wider ones first: a line may have an address, a
    /// routed network and a delegated prefix.</summary>
    async Task<IReadOnlyList<Prefix>> PrefixesAsync(CaseId id, ScopeId scope, bool v6, CancellationToken cancel) =>
        await PrefixAsync(id, scope, cancel) is { } prefix && prefix.IsV4 != v6 ? [prefix] : [];

    /// <summary>Whether a medical device or an alarm hangs on the line of a case, as the vault's
    /// contacts say (R14).</summary>
    Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel);

    /// <summary>Puts the line of a case in a garden, or out of it.</summary>
    Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel);
}
