// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Tests.Conformance;

/// <summary>What another collector made of one record. Null = it does not say.</summary>
internal sealed record Expected
{
    /// <summary>Ethernet with two tags, PPPoE, a few MPLS labels, a check sequence, and what fills short frames.</summary>
    private const ulong LongestLink = 50;
    private const string Unspecified = "0.0.0.0";

    public bool IsOptions { get; init; }

    public bool IsCounters { get; init; }

    public string? Source { get; init; }

    public string? Destination { get; init; }

    public long? SourcePort { get; init; }

    public long? DestinationPort { get; init; }

    public long? Protocol { get; init; }

    public ulong? Packets { get; init; }

    public ulong? Octets { get; init; }

    /// <summary>Of the sampled frame, link layer and check sequence among them.</summary>
    public ulong? FrameOctets { get; init; }

    public ulong? ReversePackets { get; init; }

    public ulong? ReverseOctets { get; init; }

    public long? StartMs { get; init; }

    public long? EndMs { get; init; }

    public long? DurationMs { get; init; }

    public uint? Sampling { get; init; }

    public uint? Input { get; init; }

    public uint? Output { get; init; }

    public byte? TcpFlags { get; init; }

    /// <summary>Has two ends and counts something, so Weir ought to make a flow of it.</summary>
    public bool IsFlow => !IsOptions && !IsCounters && Source is not null && Destination is not null
        && !(Source == Unspecified && Destination == Unspecified)
        && (Packets ?? Octets ?? ReversePackets ?? ReverseOctets ?? FrameOctets) is not null;

    /// <summary>The first field in which a flow differs, as text; null where it agrees in all that is told.</summary>
    public string? FindDifference(in FlowRecord flow)
    {
        string? differs = null;
        Hold(ref differs, "source", Source is null ? null : IpKey.Parse(Source), flow.Source);
        Hold(ref differs, "destination", Destination is null ? null : IpKey.Parse(Destination), flow.Destination);
        Hold(ref differs, "source port", SourcePort, flow.SourcePort);
        Hold(ref differs, "destination port", DestinationPort, flow.DestinationPort);
        Hold(ref differs, "protocol", Protocol, flow.Protocol);
        Hold(ref differs, "packets", Packets, flow.Packets);
        Hold(ref differs, "octets", Octets, flow.Octets);
        if (FrameOctets is { } frame && (flow.Octets > frame || frame - flow.Octets > LongestLink))
        {
            differs ??= $"octets {flow.Octets} in a frame of {frame}";
        }

        Hold(ref differs, "reverse packets", ReversePackets, flow.ReversePackets);
        Hold(ref differs, "reverse octets", ReverseOctets, flow.ReverseOctets);
        Hold(ref differs, "start", StartMs, flow.StartMs);
        Hold(ref differs, "end", EndMs, flow.EndMs);
        Hold(ref differs, "duration", DurationMs, flow.EndMs - flow.StartMs);
        Hold(ref differs, "sampling", Sampling, flow.SamplingInterval);
        Hold(ref differs, "input", Input, flow.InputInterface);
        Hold(ref differs, "output", Output, flow.OutputInterface);
        Hold(ref differs, "flags", TcpFlags, flow.TcpFlags);
        return differs;
    }

    private static void Hold<T>(ref string? differs, string field, T? expected, T found)
        where T : struct
    {
        if (expected is { } value && !value.Equals(found))
        {
            differs ??= $"{field} {value} ≠ {found}";
        }
    }
}
