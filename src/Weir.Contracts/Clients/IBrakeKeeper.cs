// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;

namespace Weir.Contracts.Clients;

/// <summary>Who refuses what the brake holds, and has to be told what two people decided: the vault and the
/// store.</summary>
public interface IBrakeKeeper
{
    /// <summary>Tells it; again does nothing.</summary>
    /// <param name="leave">Number of the leave at the desk.</param>
    /// <param name="network">/24 or /48, as it was signed.</param>
    /// <param name="isReleased">What is held becomes cases; else it is thrown away.</param>
    /// <param name="signed">Both signatures; null in a lab.</param>
    /// <param name="cancel">Gives up.</param>
    Task DecideAsync(string leave, string network, bool isReleased, SignedApproval? signed, CancellationToken cancel);
}
