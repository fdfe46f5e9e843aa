// SPDX-License-Identifier: Apache-2.0

using Weir.Lab.Jobs;

namespace Weir.Lab.Population;

/// <summary>
/// The endpoints the truth speaks of. Each net has three listed C&amp;Cs, two hidden ones of its own, and one hidden on
/// a host that innocent subscribers use as well. The last net lives on IPv6 where enough lines do.
/// </summary>
internal sealed class SimulatedEndpoints
{
    public const int Vendors = 5;
    private const int KnownPerNet = 3;
    private const int HiddenPerNet = 3;
    private const int FirstMarked = 4_000_000;

    /// <summary>Share of clean subscribers that use the host of a net's shared C&amp;C, net by net
    /// and round again.</summary>
    private static readonly double[] SharedBy = [0.0005, 0.0008, 0.003, 0.006, 0.008, 0.01, 0.015, 0.02];

    private static readonly (ushort Port, byte Protocol)[] CncServices =
        [(443, 6), (8_443, 6), (5_555, 6), (23_456, 17), (8_080, 6), (6_667, 6), (1_337, 6), (443, 6)];

    private static readonly (ushort Port, byte Protocol)[] HelperServices = [
        (80, 6), (443, 6), (3_478, 17), (19_302, 17), (443, 6), (80, 6)];

    private readonly Addressing _addressing;
    private readonly List<SimulatedEndpoint> _all = [];
    private readonly bool _lastNetOnV6;
    private readonly LabOptions _options;

    public SimulatedEndpoints(LabOptions options, Addressing addressing, Subscriber[] lines, Dice dice)
    {
        _options = options;
        _addressing = addressing;
        var v6 = lines.Count(line => line.V6);
        _lastNetOnV6 = options.Nets > 1 && v6 >= 20 * (options.Bots / options.Nets + 1);
        for (var net = 0; net < options.Nets; net++)
        {
            for (var i = 0; i < KnownPerNet; i++)
            {
                Add(SimulatedEndpointKind.KnownCnc, net, CncServices[(net + i) % CncServices.Length]);
            }

            Add(SimulatedEndpointKind.HiddenDedicated, net, CncServices[(net + 3) % CncServices.Length]);
            Add(SimulatedEndpointKind.HiddenDedicated, net, CncServices[(net + 5) % CncServices.Length]);
            Add(SimulatedEndpointKind.HiddenShared, net, (443, 6), SharedBy[net % SharedBy.Length]);
        }

        // Clouds and helpers have both families, each with clean users of its own.
        foreach (var family in v6 > 0 ? [false, true] : new[] { false })
        {
            for (var i = 0; i < Vendors; i++)
            {
                Add(
                    SimulatedEndpointKind.Vendor, -1, i == 4 ? ((ushort)8_883, (byte)6) : ((ushort)443, (byte)6),
                    v6: family);
            }

            foreach (var service in HelperServices)
            {
                Add(SimulatedEndpointKind.Helper, -1, service, dice.Between(0.006, 0.015), family);
            }
        }

        for (var i = 0; i < 5; i++)
        {
            Add(SimulatedEndpointKind.WrongEntry, -1, (443, 6));
        }

        if (options.PopularWrongEntry)
        {
            Add(SimulatedEndpointKind.WrongEntry, -1, (443, 6), 0.03);
        }

        for (var missing = options.ListEntries - _all.Count(place => place.Listed); missing > 0; missing--)
        {
            Add(SimulatedEndpointKind.ListedOnly, -1, (0, 6));
        }
    }

    public IReadOnlyList<SimulatedEndpoint> All => _all;

    public IReadOnlyList<SimulatedEndpoint> GetByKind(SimulatedEndpointKind kind) =>
        [.. _all.Where(place => place.Kind == kind)];

    public IReadOnlyList<SimulatedEndpoint> Known(int net) =>
        [.. _all.Where(place => place.Kind == SimulatedEndpointKind.KnownCnc && place.Net == net)];

    /// <summary>The hidden C&amp;Cs of a net and the share of its bots that speak to each.</summary>
    public IReadOnlyList<(SimulatedEndpoint Place, double Share)> Hidden(int net) =>
        [.. _all.Where(place => place.Net == net
            && place.Kind is SimulatedEndpointKind.HiddenDedicated or SimulatedEndpointKind.HiddenShared).Take(HiddenPerNet)
            .Select((place, i) => (place, new[] { 0.85, 0.55, 0.7 }[i]))];

    public bool NetIsV6(int net) => _lastNetOnV6 && net == _options.Nets - 1;

    /// <summary>A place of a net's job; with a number of an ordinary place it is one of those.</summary>
    public SimulatedEndpoint AddJob(
        EndpointRole role, int net, (ushort Port, byte Protocol) service, Shape shape, int? ordinary = null)
    {
        Add(SimulatedEndpointKind.Job, net, service, number: ordinary);
        return _all[^1] = _all[^1] with { Role = role, Shape = shape };
    }

    /// <summary>One more hidden C&amp;C of a net.</summary>
    public SimulatedEndpoint AddCommand(int net, (ushort Port, byte Protocol) service)
    {
        Add(SimulatedEndpointKind.HiddenDedicated, net, service);
        return _all[^1];
    }

    /// <summary>A place as it is, whatever its address.</summary>
    public SimulatedEndpoint AddReal(
        EndpointRole role, bool listed, Wire.IpKey address, (ushort Port, byte Protocol) service)
    {
        var kind = role != EndpointRole.Command ? SimulatedEndpointKind.Job
            : listed ? SimulatedEndpointKind.KnownCnc : SimulatedEndpointKind.HiddenDedicated;
        _all.Add(new SimulatedEndpoint(
            _all.Count + 1, kind, _options.Nets, -1, false, address, service.Port, service.Protocol) { Role = role });
        return _all[^1];
    }

    private void Add(
        SimulatedEndpointKind kind, int net, (ushort Port, byte Protocol) service, double others = 0, bool v6 = false,
        int? number = null)
    {
        var at = number ?? FirstMarked + _all.Count;
        v6 |= net >= 0 && NetIsV6(net);
        _all.Add(new SimulatedEndpoint(
            _all.Count + 1, kind, net, at, v6, _addressing.Remote(at, v6), service.Port, service.Protocol)
        {
            OthersShare = others
        });
    }
}
