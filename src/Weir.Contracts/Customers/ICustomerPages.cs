// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Customers;

/// <summary>What customers want of the desk: their acts, as the vault signed them, and cases whose page is asked
/// for.</summary>
/// <param name="Acts">Acts that the desk has not said it took, oldest first.</param>
/// <param name="Wanted">Cases that somebody looks at now.</param>
public sealed record CustomerWishes(IReadOnlyList<Envelope> Acts, IReadOnlyList<CaseId> Wanted);

/// <summary>The customer's page, which the vault serves, as the desk sees it. Every call may fail with
/// <see cref="VaultDownException"/>.</summary>
public interface ICustomerPages
{
    /// <summary>Waits up to 25 s for news.</summary>
    Task<CustomerWishes> WaitAsync(CancellationToken cancel);

    /// <summary>Says that acts were taken: they are not told again.</summary>
    /// <param name="acts">Their numbers.</param>
    /// <param name="cancel">Gives up.</param>
    Task TakenAsync(IReadOnlyCollection<string> acts, CancellationToken cancel);

    /// <summary>Tells how a case stands.</summary>
    /// <exception cref="VaultRefusedException">A scope does not follow from its grounds, or is another's.</exception>
    Task ShowAsync(CustomerCase shown, CancellationToken cancel);
}
