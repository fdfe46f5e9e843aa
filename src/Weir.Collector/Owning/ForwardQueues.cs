// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>Who owns what, and what waits for each other owner. For any thread.</summary>
public sealed class ForwardQueues
{
    private readonly ForwardQueue?[] _queues;

    /// <param name="owners">Who owns what.</param>
    /// <param name="options">How much waits, and for how long.</param>
    /// <param name="time">Our clock.</param>
    public ForwardQueues(SubjectOwners owners, OwnersOptions options, TimeProvider time)
    {
        Owners = owners;
        var others = Math.Max(1, owners.Names.Count - 1);
        var most = options.Buffer.Octets / Unsafe.SizeOf<Flow>() / others;
        _queues = [.. owners.Names.Select((name, number) => number == owners.Own
            ? null : new ForwardQueue(name, owners.Maps, most, options.LongestWait, time))];
    }

    /// <summary>Who owns what.</summary>
    public SubjectOwners Owners { get; }

    /// <summary>One for each other collector.</summary>
    public IEnumerable<ForwardQueue> Others => _queues.OfType<ForwardQueue>();

    /// <summary>Flows that wait, for all owners.</summary>
    public long Waiting => Others.Sum(queue => queue.Waiting);

    /// <summary>What waits for an owner, by its number; null for this collector's.</summary>
    public ForwardQueue? Of(int owner) => _queues[owner];

    /// <summary>From which start on no flow of a subject was lost on its way to its owner; <see cref="long.MinValue"/>
    /// where none was. Which owner a line's number belongs to depends on its address, so of those the worst
    /// counts.</summary>
    public long LostBeforeMs(IpKey subject)
    {
        if (SubscriberLineId.IsLine(subject))
        {
            return Others.Select(queue => queue.LostBeforeMs).DefaultIfEmpty(long.MinValue).Max();
        }

        var latest = long.MinValue;
        for (var map = 0; map < Owners.Maps; map++)
        {
            latest = Math.Max(latest, Of(Owners.OwnerOf(subject, map))?.LostBeforeMs ?? long.MinValue);
        }

        return latest;
    }
}
