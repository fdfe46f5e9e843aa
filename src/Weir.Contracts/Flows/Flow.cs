// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>Where a flow stands towards the provider's networks.</summary>
public enum FlowAttribution : byte
{
    /// <summary>Not yet attributed.</summary>
    Unknown,

    /// <summary>One end is a subject, the other a remote.</summary>
    Attributed,

    /// <summary>Both ends are the provider's.</summary>
    Internal,

    /// <summary>Neither end is the provider's.</summary>
    Foreign,

    /// <summary>A source outside the networks on an interface that faces subscribers (BCP 38).</summary>
    Spoofed,

    /// <summary>The subject is excluded: resolver, relay, monitoring host.</summary>
    Excluded,
}

/// <summary>Who opened the conversation, as far as the record or the ports tell.</summary>
public enum FlowInitiator : byte
{
    Unknown,
    Subject,
    Remote,
}

/// <summary>A flow turned so that the subject is on the left: what every step after attributing works on.</summary>
public struct Flow
{
    /// <summary>The subject's address block: an IPv4 address or an IPv6 prefix with host bits zero. In memory only;
    /// never written as it is outside the lab profile.</summary>
    public IpKey Subject;
    public IpKey Remote;

    /// <summary>Milliseconds since the UNIX epoch, UTC, never 0 after decoding.</summary>
    public long StartMs;
    public long EndMs;

    /// <summary>As exported; multiply by <see cref="SamplingInterval"/> for an estimate.</summary>
    public ulong PacketsOut;
    public ulong PacketsIn;
    public ulong OctetsOut;
    public ulong OctetsIn;

    /// <summary>One in so many, at least 1.</summary>
    public uint SamplingInterval;
    public ushort SubjectPort;
    public ushort RemotePort;
    public byte Protocol;
    public byte FlagsOut;
    public byte FlagsIn;
    public FlowTraits Traits;

    /// <summary>Number of who told of it: exporter, domain, interface; 0 = none.</summary>
    public ushort Exporter;

    /// <summary>Code of the kind of line: access type and network group together; 0 = not told apart.</summary>
    public byte AccessType;

    /// <summary>Opener, place, role and standing in one octet: the whole is 96 octets.</summary>
    private byte _standing;

    public FlowInitiator Opener
    {
        readonly get => (FlowInitiator)(_standing & 0x03);
        set => _standing = (byte)((_standing & ~0x03) | (byte)value);
    }

    public FlowAttribution Place
    {
        readonly get => (FlowAttribution)((_standing >> 2) & 0x07);
        set => _standing = (byte)((_standing & ~0x1C) | ((byte)value << 2));
    }

    /// <summary>0 = edge (the default), 1 = border: a flow seen by both counts once (ADR 0038).</summary>
    public byte Role
    {
        readonly get => (byte)((_standing >> 5) & 0x01);
        set => _standing = (byte)((_standing & ~0x20) | ((value & 0x01) << 5));
    }

    /// <summary>What it is worth as grounds.</summary>
    public FlowStanding Standing
    {
        readonly get => (FlowStanding)(_standing >> 6);
        set => _standing = (byte)((_standing & 0x3F) | ((byte)value << 6));
    }

    public readonly bool Is(FlowTraits trait) => (Traits & trait) != 0;

    public readonly bool FlagsKnown => (Traits & FlowTraits.FlagsKnown) != 0;

    /// <summary>The remote end as counted: its port is 0 where the remote was the client of the
    /// subject's own server.</summary>
    public readonly Endpoint Endpoint => new(Remote, Opener == FlowInitiator.Remote ? (ushort)0 : RemotePort, Protocol);
}

/// <summary>A bounded run of flows that walks the way together, so that it stays in one cache.</summary>
public sealed class FlowBatch(int capacity = FlowBatch.DefaultCapacity)
{
    public const int DefaultCapacity = 1_024;

    private readonly Flow[] _flows = new Flow[capacity];

    public int Count { get; private set; }

    public bool IsFull => Count == _flows.Length;

    public Span<Flow> Flows => _flows.AsSpan(0, Count);

    /// <summary>The next free place, to be filled by the caller; ask <see cref="IsFull"/> first. Holds what the batch
    /// before left there.</summary>
    public ref Flow Next() => ref _flows[Count++];

    /// <summary>Flows of spoofed sources among them: they have no subject and go no further
    /// than the counters.</summary>
    public int Spoofed { get; set; }

    /// <summary>Flows among them that are not corroborated.</summary>
    public int Doubtful { get; set; }

    /// <summary>Moves flows of spoofed sources to the end and gives the others.</summary>
    public Span<Flow> Attributed() => Spoofed == 0
        ? Flows
        : First(Flows, static (in flow) => flow.Place != FlowAttribution.Spoofed);

    /// <summary>Those of <see cref="Attributed"/> that are corroborated, moved to its begin.</summary>
    public Span<Flow> Corroborated(Span<Flow> attributed) => Doubtful == 0
        ? attributed
        : First(attributed, static (in flow) => flow.Standing == FlowStanding.Corroborated);

    public void Clear() => (Count, Spoofed, Doubtful) = (0, 0, 0);

    private static Span<Flow> First(Span<Flow> flows, FlowTest wanted)
    {
        var first = 0;
        for (var at = 0; at < flows.Length; at++)
        {
            if (wanted(in flows[at]))
            {
                (flows[first], flows[at]) = (flows[at], flows[first]);
                first++;
            }
        }

        return flows[..first];
    }

    private delegate bool FlowTest(in Flow flow);
}
