// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Clients;

/// <summary>What is to be approved.</summary>
/// <param name="Leave">Number of the leave at the desk.</param>
/// <param name="Act">What is done.</param>
/// <param name="Case">The case; default where there is none.</param>
/// <param name="Scope">The scope; default where there is none.</param>
/// <param name="Target">What it is about beside them.</param>
/// <param name="Reason">As who asked says.</param>
public sealed record ApprovalWish(
    string Leave, ApprovalAct Act, CaseId Case, ScopeId Scope, string Target, string Reason)
{
    /// <summary>Who asks: one person has a share of what may wait.</summary>
    public string AskedBy { get; init; } = "";

    /// <summary>For how long it holds at most once it is given; null where it is done at once.</summary>
    public TimeSpan? Lasts { get; init; }
}

/// <summary>Requests that two people sign, as the vault keeps them. Safe for any thread.</summary>
public interface IApprovalBook
{
    /// <summary>Has a request drawn up.</summary>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">The vault does not draw it up.</exception>
    Task<ApprovalStanding> OpenAsync(ApprovalWish wish, CancellationToken cancel);

    /// <summary>How a request stands.</summary>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">It knows none of that leave.</exception>
    Task<ApprovalStanding> FindAsync(string leave, CancellationToken cancel);

    /// <summary>Puts a signature under it.</summary>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">The signature does not count.</exception>
    Task<ApprovalStanding> SignAsync(string leave, string signature, CancellationToken cancel);
}
