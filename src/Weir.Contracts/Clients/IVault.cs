// SPDX-License-Identifier: Apache-2.0
//
// The vault as the case desk sees it: a process of its own that alone knows the way from a pseudonym to a person
// (rules.md R7 to R9). Every call may fail with VaultDownException: collection goes on, disclosure refuses.
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Contracts.Clients;

/// <summary>What the vault does for cases.</summary>
public interface IVault
{
    /// <summary>Keeps a subject sealed under a new key of the case, which is destroyed with it (R8).</summary>
    Task SealAsync(CaseId id, SubjectKey subject, uint epoch, CancellationToken cancel);

    /// <summary>Destroys a case's key: from then on nobody can tell whose case it was.</summary>
    Task DestroyAsync(CaseId id, CancellationToken cancel);

    /// <summary>The pseudonyms of sealed cases under the key of another epoch; for open scopes and remediation
    /// checks alone (R8).</summary>
    Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel);

    /// <summary>Who had an address (and port, on CGNAT) at a time, as a pseudonym; null where it
    /// cannot be told.</summary>
    Task<SubjectKey?> AttributeAsync(IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel);

    /// <summary>Opens who the subject of a case is, for fifteen minutes, by leave of two people (R9). The vault keeps
    /// its own record.</summary>
    Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel);
}

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
}

/// <summary>The vault does not answer.</summary>
public sealed class VaultDownException(string message, Exception? inner = null) : Exception(message, inner);
