// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Desk.Links;

/// <summary>What a customer can do on the page of a case. Both may be called again.</summary>
public interface ICustomerActions
{
    /// <summary>The customer says it is fixed: the check begins, unless one runs.</summary>
    Task FixedAsync(CaseId id, CancellationToken cancel);

    /// <summary>The customer asks that it be looked at again.</summary>
    /// <param name="id">Of the case.</param>
    /// <param name="words">As the customer wrote them; kept with the case and erased with it,
    /// never in the audit.</param>
    /// <param name="cancel">Gives up.</param>
    Task AppealAsync(CaseId id, string words, CancellationToken cancel);
}
