// SPDX-License-Identifier: Apache-2.0
//
// The steps of a lease as one table (house convention C13). What is not listed cannot happen.
namespace Weir.Contracts.Mitigation;

/// <summary>How a lease stands.</summary>
public enum LeaseState : byte
{
    /// <summary>Written down with its justification; nobody gave leave.</summary>
    Planned = 1,

    /// <summary>Two people gave leave. Under dry run it stays here.</summary>
    Approved,

    /// <summary>Handed to the routers or resolvers, which took it.</summary>
    Announced,

    /// <summary>Read back from them.</summary>
    Verified,

    /// <summary>Taken back before its end; the reason says why.</summary>
    Withdrawn,

    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>The table.</summary>
public static class LeaseStateMachine
{
    /// <summary>Every step a lease may take.</summary>
    public static bool MayGo(LeaseState from, LeaseState to) => (from, to) switch
    {
        (LeaseState.Planned, LeaseState.Approved or LeaseState.Withdrawn or LeaseState.Expired) => true,
        (LeaseState.Approved, LeaseState.Announced or LeaseState.Withdrawn or LeaseState.Expired) => true,
        (LeaseState.Announced, LeaseState.Verified or LeaseState.Approved
            or LeaseState.Withdrawn or LeaseState.Expired) => true,
        (LeaseState.Verified, LeaseState.Announced or LeaseState.Approved
            or LeaseState.Withdrawn or LeaseState.Expired) => true,
        _ => false,
    };

    /// <summary>Whether it is over for good.</summary>
    public static bool IsOver(LeaseState state) => state is LeaseState.Withdrawn or LeaseState.Expired;

    /// <summary>The word of a state, as listings write it.</summary>
    public static string ToName(LeaseState state) => state switch
    {
        LeaseState.Planned => "planned",
        LeaseState.Approved => "approved",
        LeaseState.Announced => "announced",
        LeaseState.Verified => "verified",
        LeaseState.Withdrawn => "withdrawn",
        LeaseState.Expired => "expired",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a lease."),
    };
}
