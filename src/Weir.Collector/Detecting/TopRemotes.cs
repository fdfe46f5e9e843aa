// SPDX-License-Identifier: Apache-2.0
//
// The remotes that get (or send) most, in sixteen places (Metwally, Agrawal, El Abbadi 2005, Space-Saving): a newcomer
// takes the place and the count of the least. A remote with more than a sixteenth of all packets is always among them,
// and a count is too large by at most the least of all. Counts fade, so that yesterday's download does not hide a
// flood.
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TopRemote
{
    public ulong Upper;
    public ulong Lower;
    public float Packets;
    public ushort Port;
    public byte Protocol;

    /// <summary>128 and more: the port is nearly always this one.</summary>
    public byte Constancy;

    public readonly IpKey Address => new(new UInt128(Upper, Lower));
}

/// <summary>Sixteen places in a block of detail.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TopRemotes
{
    public const int Places = 16;
    private const int Size = 24;
    private const float DecayFactor = 0.95f;
    private const byte Constant = 128;

    private fixed float _all[VolumeState.Classes];
    private fixed byte _places[Places * Size];

    public void Add(in Flow flow, int kind, float packets)
    {
        _all[kind] += packets;
        var places = Span();
        var (upper, lower) = (flow.Remote.Upper, flow.Remote.Lower);
        var lowest = ulong.MaxValue;
        for (var i = 0; i < places.Length; i++)
        {
            ref var place = ref places[i];
            if (place.Lower == lower && place.Upper == upper && place.Protocol == flow.Protocol && place.Packets > 0)
            {
                place.Packets += packets;
                place.Constancy = place.Port == flow.RemotePort
                    ? (byte)Math.Min(byte.MaxValue, place.Constancy + 1)
                    : (byte)Math.Max(0, place.Constancy - 8);
                return;
            }

            // Without a branch: floats that are not negative order as their bits do.
            lowest = Math.Min(lowest, ((ulong)BitConverter.SingleToUInt32Bits(place.Packets) << 8) | (uint)i);
        }

        var least = (int)(byte)lowest;
        places[least] = new TopRemote
        {
            Upper = upper,
            Lower = lower,
            Packets = places[least].Packets + packets,
            Port = flow.RemotePort,
            Protocol = flow.Protocol,
            Constancy = Constant,
        };
    }

    public void Decay()
    {
        for (var i = 0; i < VolumeState.Classes; i++)
        {
            _all[i] *= DecayFactor;
        }

        foreach (ref var place in Span())
        {
            place.Packets *= DecayFactor;
        }
    }

    /// <summary>The heaviest remote of a protocol (0 = of any) and its share of that protocol's packets.</summary>
    public TopRemote Heaviest(byte protocol, out double share)
    {
        TopRemote top = default;
        foreach (ref var place in Span())
        {
            if ((protocol == 0 || place.Protocol == protocol) && place.Packets > top.Packets)
            {
                top = place;
            }
        }

        var all = protocol == 0 ? _all[0] + _all[1] + _all[2] + _all[3] : _all[(int)KindOf(protocol)];
        share = all > 0 ? Math.Min(1, top.Packets / all) : 0;
        return top;
    }

    /// <summary>The protocol most packets are of.</summary>
    public byte MainProtocol()
    {
        Span<float> sums = stackalloc float[256];
        byte main = Protocols.Udp;
        foreach (ref var place in Span())
        {
            sums[place.Protocol] += place.Packets;
            main = sums[place.Protocol] > sums[main] ? place.Protocol : main;
        }

        return main;
    }

    /// <summary>Remotes of a protocol with at least a share of the heaviest one's packets, and their ports
    /// where each has one.</summary>
    public (List<IpKey> Remotes, List<ushort> Ports) Select(byte protocol, float ofTop)
    {
        var floor = Heaviest(protocol, out _).Packets * ofTop;
        var remotes = new List<IpKey>();
        var ports = new SortedSet<ushort>();
        var constant = true;
        foreach (ref var place in Span())
        {
            if (place.Protocol == protocol && place.Packets > 0 && place.Packets >= floor)
            {
                remotes.Add(place.Address);
                constant &= place.Constancy >= Constant && place.Port != 0;
                ports.Add(place.Port);
            }
        }

        return (remotes, constant && ports.Count <= TrafficClass.MaxPorts ? [.. ports] : []);
    }

    public static VolumeCounter KindOf(byte protocol) => protocol switch
    {
        Protocols.Udp => VolumeCounter.Udp,
        Protocols.Tcp => VolumeCounter.Tcp,
        Protocols.Icmp or Protocols.Icmp6 => VolumeCounter.Icmp,
        _ => VolumeCounter.Other,
    };

    private Span<TopRemote> Span() =>
        MemoryMarshal.Cast<byte, TopRemote>(MemoryMarshal.CreateSpan(ref _places[0], Places * Size));
}
