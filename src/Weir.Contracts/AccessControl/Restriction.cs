// SPDX-License-Identifier: Apache-2.0
//
// What the ladder needs of the vault: routes that match a line, which the vault announces itself, and the garden, which
// RADIUS or a script of the provider puts a line in. Neither who the customer is nor where comes back.
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;

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
    /// <summary>Number of what two people signed; empty where that is not needed.</summary>
    public string Approval { get; init; } = "";

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

/// <summary>A route that matches one line.</summary>
/// <param name="Case">Whose line.</param>
/// <param name="Scope">The scope that allows it.</param>
/// <param name="Lease">The block's number.</param>
/// <param name="Target">What is stopped, without the line.</param>
/// <param name="EndsAt">When it ends whatever happens, UTC.</param>
public sealed record LineRouteOrder(
    CaseId Case, ScopeId Scope, LeaseId Lease, MitigationTarget Target, DateTimeOffset EndsAt);

/// <summary>What the vault does for restrictions of a line. Every call may fail with VaultDownException or
/// VaultRefusedException.</summary>
public interface IAccessControlGateway
{
    /// <summary>Has a route announced that matches the line of a case alone, by the vault's own router; where the line
    /// is does not come back. The same lease again changes nothing.</summary>
    /// <exception cref="Clients.VaultRefusedException">It does not follow from the grounds of its scope.</exception>
    Task AnnounceAsync(LineRouteOrder order, CancellationToken cancel);

    /// <summary>Has it withdrawn; needs nobody's leave.</summary>
    Task WithdrawRouteAsync(CaseId id, LeaseId lease, CancellationToken cancel);

    /// <summary>How every route that the vault has for a line stands.</summary>
    Task<IReadOnlyDictionary<LeaseId, LeaseStanding>> RoutesAsync(CancellationToken cancel);

    /// <summary>Whether a medical device or an alarm hangs on the line of a case, as the vault's
    /// contacts say (R14).</summary>
    Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel);

    /// <summary>Puts the line of a case in a garden, or out of it.</summary>
    Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel);
}
