// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Signing;

namespace Weir.Collector.Events;

/// <summary>The key that a collector signs its events with, and whether a list of public keys has it.</summary>
/// <param name="Name">The collector's.</param>
/// <param name="Public">The public half.</param>
/// <param name="IsListed">Whether it is on the list as that collector's.</param>
internal sealed record OwnKey(string Name, PublicKey Public, bool IsListed)
{
    /// <summary>What to do where it is on no list: the thing, the place, the fix.</summary>
    public string Unlisted =>
        $"collector {Name}: its event key {Public.Id} is not on the list of public keys as collector/{Name}; add "
            + $"`collector {Name} {Public}` to processes.public-keys, or to the governance's event-keys, of the desk "
            + "and of whoever else reads its events, and reload them: events wait in the outbox until then";

    /// <summary>Looks the key up.</summary>
    public static OwnKey Of(string name, SigningKey key, PublicKeyRing ring)
    {
        var proof = ring.Verify(key.Sign(EventDocument.Type, EventDocument.Version, "{}"u8));
        return new(name, key.Public, proof.IsBelieved && proof.Signer.Name == name);
    }
}
