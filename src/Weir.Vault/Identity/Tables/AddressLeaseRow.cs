// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Vault.Identity.Keeping;

namespace Weir.Vault.Identity.Tables;

/// <summary>A holding as the store keeps it; a line by its name or an inside address.</summary>
internal sealed record AddressLeaseRow(
    long Serial, AddressKey Space, LeaseValidity Span, bool IsStopped, string? Line, IpKey Inside);

/// <summary>What the store has to write to be even with the table.</summary>
internal sealed record AddressLeaseChanges(IReadOnlyList<AddressLeaseRow> Changed, IReadOnlyList<long> Gone);

/// <summary>A holding by its place, and by the serial that says whether it is still there.</summary>
internal readonly record struct AddressLeaseRef(int Id, long Serial)
{
    public static AddressLeaseRef None { get; } = new(-1, 0);
}
