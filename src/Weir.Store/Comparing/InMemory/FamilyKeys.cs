// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Takes the rows of one key after the other.</summary>
internal interface IKeyVisitor
{
    /// <summary>Rows of the key under way, in one or more parts.</summary>
    void Add(ReadOnlySpan<PairTimes> rows);

    /// <summary>The key has no further rows.</summary>
    void End(Endpoint key);
}

/// <summary>The keys of families that leave out the same: every endpoint, address or network but what is listed or
/// benign.</summary>
internal sealed class FamilyKeys
{
    private const byte Benign = 1;
    private const byte Listed = 2;

    private readonly GroupedPairs[] _partitions;
    private readonly IReadOnlyCollection<Endpoint> _listed;
    private readonly IReadOnlyCollection<Prefix> _benign;
    private readonly HashSet<Endpoint> _listedEndpoints;

    /// <summary>By partition and address: benign, or of a listed endpoint.</summary>
    private readonly byte[][] _leftOut;

    public FamilyKeys(
        GroupedPairs[] partitions, IReadOnlyCollection<Endpoint> listed, IReadOnlyCollection<Prefix> benign)
    {
        (_partitions, _listed, _benign) = (partitions, listed, benign);
        _listedEndpoints = [.. listed];
        var ranges = new AddressRanges(benign);
        _leftOut = Array.ConvertAll(partitions, partition =>
        {
            var marks = new byte[partition.Addresses];
            for (var address = 0; address < marks.Length; address++)
            {
                marks[address] = ranges.Contains(partition.Address(address)) ? Benign : (byte)0;
            }

            return marks;
        });
        foreach (var endpoint in listed)
        {
            var partition = PairPartitions.PartitionOf(endpoint.Address);
            if (partitions[partition].Find(endpoint.Address) is >= 0 and var address)
            {
                _leftOut[partition][address] |= Listed;
            }
        }
    }

    /// <summary>Whether a family leaves out what these keys do.</summary>
    public bool Suit(FamilyQuery family) =>
        ReferenceEquals(family.Listed, _listed) && ReferenceEquals(family.Benign, _benign);

    /// <summary>Visits every key.</summary>
    public void Visit<TVisitor>(EndpointUnit unit, ref TVisitor visitor)
        where TVisitor : IKeyVisitor
    {
        for (var partition = 0; partition < _partitions.Length; partition++)
        {
            var pairs = _partitions[partition];
            if (unit == EndpointUnit.Network)
            {
                for (var network = 0; network < pairs.Networks; network++)
                {
                    VisitNetwork(partition, network, ref visitor);
                }

                continue;
            }

            for (var address = 0; address < pairs.Addresses; address++)
            {
                if (unit == EndpointUnit.Address)
                {
                    VisitAddress(partition, address, ref visitor);
                    continue;
                }

                var (from, length) = pairs.EndpointsOf(address).GetOffsetAndLength(pairs.Endpoints);
                for (var endpoint = from; endpoint < from + length; endpoint++)
                {
                    VisitEndpoint(partition, address, endpoint, ref visitor);
                }
            }
        }
    }

    /// <summary>Visits those of the keys named that exist and are not left out, each once.</summary>
    public void Visit<TVisitor>(EndpointUnit unit, IEnumerable<Endpoint> keys, ref TVisitor visitor)
        where TVisitor : IKeyVisitor
    {
        foreach (var key in keys.Distinct())
        {
            var partition = PairPartitions.PartitionOf(key.Address);
            var pairs = _partitions[partition];
            if (unit == EndpointUnit.Network)
            {
                if (pairs.FindNetwork(key.Address) is >= 0 and var network)
                {
                    VisitNetwork(partition, network, ref visitor);
                }
            }
            else if (pairs.Find(key.Address) is >= 0 and var address)
            {
                if (unit == EndpointUnit.Address)
                {
                    VisitAddress(partition, address, ref visitor);
                }
                else if (pairs.FindEndpoint(address, key) is >= 0 and var endpoint)
                {
                    VisitEndpoint(partition, address, endpoint, ref visitor);
                }
            }
        }
    }

    private void VisitEndpoint<TVisitor>(int partition, int address, int endpoint, ref TVisitor visitor)
        where TVisitor : IKeyVisitor
    {
        var key = _partitions[partition].Endpoint(address, endpoint);
        var marks = _leftOut[partition][address];
        if (key.Port != 0 && (marks & Benign) == 0 && ((marks & Listed) == 0 || !_listedEndpoints.Contains(key)))
        {
            visitor.Add(_partitions[partition].RowsOfEndpoint(endpoint));
            visitor.End(key);
        }
    }

    private void VisitAddress<TVisitor>(int partition, int address, ref TVisitor visitor)
        where TVisitor : IKeyVisitor
    {
        if (_leftOut[partition][address] == 0)
        {
            visitor.Add(_partitions[partition].RowsOfAddress(address));
            visitor.End(new(_partitions[partition].Address(address), 0, 0));
        }
    }

    private void VisitNetwork<TVisitor>(int partition, int network, ref TVisitor visitor)
        where TVisitor : IKeyVisitor
    {
        var pairs = _partitions[partition];
        var (from, length) = pairs.AddressesOf(network).GetOffsetAndLength(pairs.Addresses);
        for (var address = from; address < from + length; address++)
        {
            if (_leftOut[partition][address] == 0)
            {
                visitor.Add(pairs.RowsOfAddress(address));
            }
        }

        visitor.End(FamilyQuery.KeyOf(new(pairs.Address(from), 0, 0), EndpointUnit.Network));
    }
}
