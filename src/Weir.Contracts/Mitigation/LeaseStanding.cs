// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Mitigation;

/// <summary>How a lease stands where it should be held, as it was read back.</summary>
/// <param name="State"><see cref="LeaseState.Approved"/> where it is not held, <see cref="LeaseState.Announced"/> where
/// it is, <see cref="LeaseState.Verified"/> where it has also reached whoever acts by it.</param>
/// <param name="Reason">Why it is no further.</param>
public readonly record struct LeaseStanding(LeaseState State, LeaseReason Reason);
