// SPDX-License-Identifier: Apache-2.0
//
// One partition's rows by endpoint, address and network, each a range in the one below: networks of addresses of
// endpoints of rows. IPv4 comes first and IPv6 after it, both in order, so that an address is found by halving and a
// network's addresses lie together.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing.InMemory;

/// <summary>A partition, grouped. Immutable.</summary>
internal sealed unsafe class GroupedPairs
{
    private readonly int[] _addressesOfNetwork;
    private readonly int[] _endpointsOfAddress;
    private readonly int[] _rowsOfEndpoint;
    private readonly UInt128[] _addresses;
    private readonly uint[] _services;
    private readonly PairTimes* _rows;
    private readonly int _v4;

    /// <param name="all">Rows of all partitions.</param>
    /// <param name="partition">Which of them.</param>
    /// <param name="scratch">Kept between partitions.</param>
    /// <param name="memory">Takes the rows; has to outlive this.</param>
    public GroupedPairs(PairPartitions all, int partition, GroupingScratch scratch, GroupedRows memory)
    {
        var endpoints = scratch.Number(all, partition);
        var order = GroupingScratch.Order(endpoints);
        _services = new uint[endpoints.Length];
        _rowsOfEndpoint = new int[endpoints.Length + 1];
        List<UInt128> addresses = [];
        List<int> ofAddress = [], ofNetwork = [];
        for (var at = 0; at < order.Length; at++)
        {
            ref readonly var endpoint = ref endpoints[order[at]];
            if (at == 0 || endpoint.Address != addresses[^1])
            {
                var address = new IpKey(endpoint.Address);
                if (at == 0 || NetworkOf(new IpKey(addresses[^1])) != NetworkOf(address))
                {
                    ofNetwork.Add(addresses.Count);
                }

                _v4 += address.IsV4 ? 1 : 0;
                ofAddress.Add(at);
                addresses.Add(endpoint.Address);
            }

            _services[at] = endpoint.Service;
            _rowsOfEndpoint[at + 1] = _rowsOfEndpoint[at] + endpoint.Rows;
        }

        _addresses = [.. addresses];
        _endpointsOfAddress = [.. ofAddress, order.Length];
        _addressesOfNetwork = [.. ofNetwork, addresses.Count];
        _rows = memory.Take(_rowsOfEndpoint[^1]);
        scratch.Scatter(all, partition, order, _rowsOfEndpoint, _rows);
    }

    /// <summary>Rows, those of an endpoint together.</summary>
    public ReadOnlySpan<PairTimes> Rows => new(_rows, _rowsOfEndpoint[^1]);

    public int Networks => _addressesOfNetwork.Length - 1;

    public int Addresses => _addresses.Length;

    public int Endpoints => _services.Length;

    public IpKey Address(int address) => new(_addresses[address]);

    /// <summary>A network's addresses, an address's endpoints, an endpoint's rows.</summary>
    public Range AddressesOf(int network) => _addressesOfNetwork[network].._addressesOfNetwork[network + 1];

    public Range EndpointsOf(int address) => _endpointsOfAddress[address].._endpointsOfAddress[address + 1];

    public ReadOnlySpan<PairTimes> RowsOfEndpoint(int endpoint) => Between(endpoint, endpoint + 1);

    public ReadOnlySpan<PairTimes> RowsOfAddress(int address) =>
        Between(_endpointsOfAddress[address], _endpointsOfAddress[address + 1]);

    public Endpoint Endpoint(int address, int endpoint) =>
        new(Address(address), (ushort)(_services[endpoint] >> 8), (byte)_services[endpoint]);

    public (ushort Port, byte Protocol) Service(int endpoint) =>
        ((ushort)(_services[endpoint] >> 8), (byte)_services[endpoint]);

    /// <summary>An address's number, or -1.</summary>
    public int Find(IpKey address)
    {
        var at = address.IsV4
            ? Array.BinarySearch(_addresses, 0, _v4, address.Bits)
            : Array.BinarySearch(_addresses, _v4, _addresses.Length - _v4, address.Bits);
        return Math.Max(at, -1);
    }

    /// <summary>An endpoint's number, or -1.</summary>
    public int FindEndpoint(int address, Endpoint endpoint)
    {
        var (from, until) = (_endpointsOfAddress[address], _endpointsOfAddress[address + 1]);
        return Math.Max(Array.BinarySearch(_services, from, until - from, ServiceOf(endpoint)), -1);
    }

    /// <summary>The number of the network that holds an address of it.</summary>
    public int NetworkOf(int address)
    {
        var at = Array.BinarySearch(_addressesOfNetwork, address);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>Any address of a network, as its number, or -1.</summary>
    public int FindNetwork(IpKey network)
    {
        var (from, length) = network.IsV4 ? (0, _v4) : (_v4, _addresses.Length - _v4);
        var at = Array.BinarySearch(_addresses, from, length, network.Bits);
        at = at >= 0 ? at : ~at;
        return at < from + length && NetworkOf(Address(at)) == network.Bits ? NetworkOf(at) : -1;
    }

    public static UInt128 NetworkOf(IpKey address) =>
        FamilyQuery.KeyOf(new(address, 0, 0), EndpointUnit.Network).Address.Bits;

    /// <summary>Port and protocol as one number.</summary>
    public static uint ServiceOf(Endpoint endpoint) => ((uint)endpoint.Port << 8) | endpoint.Protocol;

    private ReadOnlySpan<PairTimes> Between(int from, int until) =>
        new(_rows + _rowsOfEndpoint[from], _rowsOfEndpoint[until] - _rowsOfEndpoint[from]);
}
