// SPDX-License-Identifier: Apache-2.0
//
// The brake on lists where events come in (rules.md R21): a listed network whose lines of a day pass the bound is held,
// whoever listed it. Only corroborated contacts count, so that nobody forges visitors of a true C&C; what comes of a
// network that is held waits whole.
using System.Collections.Concurrent;
using Weir.Contracts.Braking;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Desk.Cases.Records;
using Weir.Wire;

namespace Weir.Desk.Cases.Braking;

/// <summary>What becomes of an event.</summary>
internal enum BrakeStep : byte
{
    /// <summary>It opens what it opens.</summary>
    Passes,

    /// <summary>It is the first that is held of its network.</summary>
    Begins,

    /// <summary>It waits with the others.</summary>
    Waits,

    /// <summary>Its network was dropped, or as many wait as are kept.</summary>
    Falls,
}

/// <summary>Networks that are held, or were. Changed by one thread; read by any.</summary>
/// <param name="bound">Lines of a network that may become cases on a day.</param>
internal sealed class HeldNetworks(int bound)
{
    /// <summary>Events that are kept of one network.</summary>
    public const int MostKept = 50_000;

    private readonly ConcurrentDictionary<Prefix, HeldNetwork> _rows = [];
    private readonly NetworkLines _lines = new(bound);

    /// <summary>As they stand.</summary>
    public IEnumerable<HeldNetwork> All => _rows.Values;

    /// <summary>One of them; null where it is none.</summary>
    public HeldNetwork? Find(Prefix network) => _rows.GetValueOrDefault(network);

    /// <summary>Whether nothing may be done of what is there of a network.</summary>
    public bool IsBraked(Prefix network, DateTimeOffset now) => Find(network) is { } row
        && !(row.State == HeldNetworkState.Released && row.IsInForce(now));

    /// <summary>Takes over how one stands.</summary>
    public void Put(HeldNetwork row) => _rows[row.Network] = row;

    /// <summary>It is none any more.</summary>
    public void Remove(Prefix network) => _rows.TryRemove(network, out _);

    /// <summary>Counts a line that had its case before a restart.</summary>
    public void Restore(in BrakedContact contact) => _lines.Restore(contact);

    /// <summary>Judges an event, and says how its network stands then; null where it passes.</summary>
    public (BrakeStep Step, HeldNetwork? Row) Judge(QualityEvent quality, DateTimeOffset now)
    {
        if (bound == int.MaxValue || !ListedNetwork.TryNetwork(quality, out var network))
        {
            return (BrakeStep.Passes, null);
        }

        var counts = ListedNetwork.TryOf(quality, out var contact);
        var known = Find(network) is { } row && (row.Until is null || !row.IsTold || row.IsInForce(now)) ? row : null;
        switch (known)
        {
            case { State: HeldNetworkState.Released, IsTold: true }:
                return (BrakeStep.Passes, null);
            case { State: HeldNetworkState.Dropped, IsTold: true }:
                return (BrakeStep.Falls, known with { Lost = known.Lost + 1 });
            case null when !counts || _lines.TryAdd(contact):
                return (BrakeStep.Passes, null);
        }

        if (counts)
        {
            _lines.AddBeyond(contact);
        }

        // Those beyond the bound are not counted over a restart, so what is known stands.
        var next = (known ?? Begin(network, quality, contact, now)) with
        {
            Lines = Math.Max(known?.Lines ?? 0, _lines.MostOf(network)),
        };
        return next.Events >= MostKept
            ? (BrakeStep.Falls, next with { Lost = next.Lost + 1 })
            : (known is null ? BrakeStep.Begins : BrakeStep.Waits, next with { Events = next.Events + 1 });
    }

    private HeldNetwork Begin(
        Prefix network, QualityEvent quality, in BrakedContact contact, DateTimeOffset now) => new()
    {
        Network = network,
        State = HeldNetworkState.Held,
        Since = now,
        Lines = 0,
        Bound = _lines.BoundOf(contact.Sources),
        Events = 0,
        Detail = quality.Detail,
        Endpoint = EndpointOf(quality.Class!.Predicate),
    };

    private static string EndpointOf(FlowPredicate named) => new Endpoint(
        named.Remotes[0], named.RemotePorts.IsEmpty ? (ushort)0 : named.RemotePorts[0], named.Protocol).ToString();
}
