// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;

namespace Weir.Hosting.Blocking;

/// <summary>What should be held, and who wants to know how it stands. Safe for any thread.</summary>
public interface IMitigationLedger
{
    /// <summary>Something changed that backends should hold.</summary>
    event Action? Changed;

    /// <summary>When the next lease ends that may be held somewhere, UTC; null where none does.</summary>
    DateTimeOffset? NextEnd { get; }

    /// <summary>Ends what is due, and says what should be held now. What cannot be recorded ends
    /// nevertheless.</summary>
    Task<IReadOnlyList<Lease>> TakeActiveAsync(CancellationToken cancel);

    /// <summary>Records that leases are announced, before they are.</summary>
    /// <param name="ids">The leases.</param>
    /// <param name="where">The backend's address.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="MitigationLedgerException">It could not be recorded; nothing may be announced.</exception>
    Task BeginAsync(IReadOnlyCollection<LeaseId> ids, string where, CancellationToken cancel);

    /// <summary>Takes what was read back.</summary>
    /// <exception cref="MitigationLedgerException">It could not be written.</exception>
    Task SeenAsync(IReadOnlyDictionary<LeaseId, LeaseStanding> seen, CancellationToken cancel);
}

/// <summary>The ledger cannot be had; the message names it and the mend.</summary>
public class MitigationLedgerException(string message, Exception? inner = null) : Exception(message, inner);
