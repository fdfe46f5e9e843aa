// SPDX-License-Identifier: Apache-2.0
//
// The vault as the case desk sees it: a process of its own that alone knows the way from a pseudonym to a person
// (rules.md R7 to R9). Every call may fail with VaultDownException: collection goes on, disclosure refuses.
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Wire;

namespace Weir.Contracts.Clients;

/// <summary>What the vault does for cases.</summary>
public interface IVault
{
    /// <summary>Keeps a subject sealed under a new key of the case, which is destroyed with it (R8). Again, or for
    /// another scope of the same case: what the grounds say is added.</summary>
    /// <param name="order">A scope of the case with its grounds, which the vault verifies.</param>
    /// <param name="cancel">Gives up.</param>
    Task SealAsync(ScopeOrder order, CancellationToken cancel);

    /// <summary>Destroys a case's key: from then on nobody can tell whose case it was.</summary>
    Task DestroyAsync(CaseId id, CancellationToken cancel);

    /// <summary>The pseudonyms of sealed cases under the key of another epoch; for open scopes and remediation
    /// checks alone (R8).</summary>
    Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel);

    /// <summary>Who a complaint is about, as a pseudonym; null where it cannot be told. The vault looks at the
    /// complaint itself and signs a grant for just this one.</summary>
    Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel);

    /// <summary>Opens who the subject of a case is, for fifteen minutes, by leave of two people (R9). The vault keeps
    /// its own record.</summary>
    Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel);
}

/// <summary>What a complaint says of an address (rules.md R2, worked example 12).</summary>
/// <param name="Id">The complaint's own number: the same for the same reporter and reference. A grant has it.</param>
/// <param name="Reporter">Who told, as configured.</param>
/// <param name="Address">Address reported.</param>
/// <param name="Port">Source port, where lines share the address.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Class">Traffic it is about.</param>
/// <param name="FromMs">First flow start that is to be looked at, ms since the UNIX epoch.</param>
/// <param name="UntilMs">First flow start that is not.</param>
public sealed record ReportedTraffic(
    string Id, string Reporter, IpKey Address, ushort? Port, DateTimeOffset At, FlowPredicate Class, long FromMs,
    long UntilMs);

/// <summary>An order to disclose; both people and the reason stand in the vault's record too. By its number, empty
/// where there is none, the vault knows a second carrying out from a new order.</summary>
public sealed record DisclosureOrder(
    CaseId Case, ScopeId Scope, string AskedBy, string AskedRole, string GivenBy, string GivenRole, string Reason,
    string Number = "");

/// <summary>Who a subject is, to be shown until <paramref name="Until"/> and kept nowhere.</summary>
/// <param name="Line">Address or prefix and the line's name, as the provider's records name the customer.</param>
/// <param name="Until">End of the view, UTC.</param>
public sealed record Disclosure(string Line, DateTimeOffset Until);

/// <summary>The vault refuses, by its own rules.</summary>
public sealed class VaultRefusedException(DenyCode code, string message) : Exception(message)
{
    public DenyCode Code { get; } = code;

    /// <summary>The vault's own word for it, where it has one beside <see cref="Code"/>; else the code's.</summary>
    public string Word { get; init; } = DenyCodes.ToName(code);
}

/// <summary>The vault does not answer.</summary>
public sealed class VaultDownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Gives grants that the vault signed. Safe for any thread.</summary>
public interface IGrantSource
{
    /// <summary>The vault's word of a complaint, a consent or a new name.</summary>
    /// <param name="wanted">What it should say; the vault signs it, or nothing.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">The vault does not say so.</exception>
    Task<Envelope> GrantAsync(Grant wanted, CancellationToken cancel);
}
