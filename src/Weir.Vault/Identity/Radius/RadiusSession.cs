// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;

namespace Weir.Vault.Identity.Radius;

/// <summary>What is known of one accounting session. Times in milliseconds since the UNIX epoch.</summary>
internal sealed class RadiusSession
{
    public required UInt128 Key { get; init; }

    public required UInt128 Nas { get; init; }

    public required SubscriberLineName Line { get; init; }

    /// <summary>Time of the Start; 0 while it has not come.</summary>
    public long StartMs { get; set; }

    /// <summary>Earliest event told of it.</summary>
    public long FirstMs { get; set; }

    /// <summary>Latest event told of it.</summary>
    public long LastMs { get; set; }

    /// <summary>Time of the Stop; 0 while it has not come.</summary>
    public long StopMs { get; set; }

    /// <summary>The longest time between two words of it, or what the NAS promised; 0 while no
    /// interim has come.</summary>
    public long RhythmMs { get; set; }

    /// <summary>Digest of its Start: that very packet may not begin it again.</summary>
    public ulong StartDigest { get; set; }

    public List<(AddressKey Space, AddressLeaseRef Held)> Holdings { get; } = new(1);

    /// <summary>What its NAS needs to find it again, sealed; empty once it has ended, and where none is kept.</summary>
    public byte[] Identification { get; set; } = [];

    public bool IsDirty { get; set; }
}
