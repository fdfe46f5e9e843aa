// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <content>What port-block records need to know of the blocks before them. Under <see cref="Change"/>.</content>
public sealed partial class IdentityTable
{
    /// <summary>A block of the same holder that was given at that very moment.</summary>
    internal bool TryFindBlock(
        AddressKey space, SubscriberLineName? line, IpKey inside, long atMs, out AddressLeaseRef found)
    {
        foreach (var id in Mine(space, line, inside))
        {
            if (_pool[id].Span.Sure == atMs)
            {
                found = new AddressLeaseRef(id, _pool[id].Serial);
                return true;
            }
        }

        found = AddressLeaseRef.None;
        return false;
    }

    /// <summary>The first release of the same holder after a moment, where its allocation is not known and nothing of
    /// the block lies between.</summary>
    internal bool TryFindRelease(
        AddressKey space, SubscriberLineName? line, IpKey inside, long atMs, out AddressLeaseRef found)
    {
        found = AddressLeaseRef.None;
        foreach (var id in Mine(space, line, inside))
        {
            ref var holding = ref _pool[id];
            if (holding.Span.Sure > atMs)
            {
                if (holding.IsStopped && holding.Span.Heard == holding.Span.End)
                {
                    found = new AddressLeaseRef(id, holding.Serial);
                }

                break;
            }
        }

        return found != AddressLeaseRef.None;
    }

    /// <summary>The last open block of the same holder that was given before a moment and that nobody else followed;
    /// whether the release is already known.</summary>
    internal bool TryFindOpen(
        AddressKey space, SubscriberLineName? line, IpKey inside, long atMs, out AddressLeaseRef found,
        out bool repeated)
    {
        found = AddressLeaseRef.None;
        repeated = false;
        foreach (var id in Mine(space, line, inside))
        {
            ref var holding = ref _pool[id];
            if (holding.Span.Sure > atMs)
            {
                break;
            }

            repeated = holding.IsStopped && holding.Span.End > atMs;
            found = holding.IsStopped || _spaces.NextOther(id) < atMs
                ? AddressLeaseRef.None
                : new AddressLeaseRef(id, holding.Serial);
        }

        return found != AddressLeaseRef.None;
    }

    private IEnumerable<int> Mine(AddressKey space, SubscriberLineName? line, IpKey inside)
    {
        var known =
            line is { } named ? _lines.TryFind(named, out var number) : _insides.TryFind(inside.Bits, out number);
        var who = line is null ? ~number : number;
        return known ? _spaces.All(space).Where(id => _pool[id].Who == who) : [];
    }
}
