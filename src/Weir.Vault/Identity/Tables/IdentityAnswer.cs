// SPDX-License-Identifier: Apache-2.0
//
// Either a line or the reason why there is none: an answer is never a guess that looks like knowledge. A line is
// confirmed where records of it stand on both sides of the moment (or where its lease binds the server), and presumed
// where only one side is known: the open end of a session that may have ended unheard.
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Identity.Tables;

/// <summary>Which record told of a line.</summary>
public enum IdentitySource : byte
{
    Radius,
    Dhcp,
    PortBlock,
    DeterministicNat,
    AddressPlan,
}

/// <summary>Why an address cannot be led back to a line.</summary>
public enum Unattributable : byte
{
    /// <summary>Nobody is known to have had the address at that time.</summary>
    NoLease,

    /// <summary>Somebody had it before, and the record of the end never came.</summary>
    LostStop,

    /// <summary>Many lines share the address: only with a source port it can be told (RFC 6302).</summary>
    CgnatNeedsPort,

    /// <summary>Two lines claim it for the same time.</summary>
    Overlapping,

    /// <summary>Before what is kept (rules.md R10), or in the future.</summary>
    OutsideRetention,

    /// <summary>The address is in none of the provider's networks.</summary>
    UnknownNetwork,
}

/// <summary>Who had an address at a time.</summary>
public abstract record IdentityAnswer
{
    private IdentityAnswer()
    {
    }

    /// <summary>One line had it.</summary>
    /// <param name="Name">The line.</param>
    /// <param name="FromMs">Since when, milliseconds since the UNIX epoch, UTC.</param>
    /// <param name="UntilMs">Until when, exclusive: the end, or as far as it may be presumed while
    /// none is known.</param>
    /// <param name="Source">Which record told it; on a chain (port block, then lease) the one that
    /// named the line.</param>
    /// <param name="IsConfirmed">False where it follows from one side alone; a disclosure should wait
    /// for the other.</param>
    public sealed record Line(
        SubscriberLineName Name, long FromMs, long UntilMs, IdentitySource Source, bool IsConfirmed)
        : IdentityAnswer;

    /// <summary>Nobody can be named.</summary>
    public sealed record None(Unattributable Reason) : IdentityAnswer
    {
        /// <summary>The reason as answers and counters write it: <c>no-lease</c>, <c>cgnat-needs-port</c> …</summary>
        public string Code => CodeOf(Reason);
    }

    /// <summary>The written form of a reason.</summary>
    public static string CodeOf(Unattributable reason) => reason switch
    {
        Unattributable.NoLease => "no-lease",
        Unattributable.LostStop => "lost-stop",
        Unattributable.CgnatNeedsPort => "cgnat-needs-port",
        Unattributable.Overlapping => "overlapping",
        Unattributable.OutsideRetention => "outside-retention",
        Unattributable.UnknownNetwork => "unknown-network",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
