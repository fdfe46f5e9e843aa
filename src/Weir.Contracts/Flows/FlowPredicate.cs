// SPDX-License-Identifier: Apache-2.0
//
// A predicate on what a scope may be about: direction, protocol, remote ports, remote addresses (rules.md R3). It may
// be as wide as somebody asks; only a TrafficClass, which cannot be wide, opens anything.
using System.Collections.Immutable;
using System.Globalization;
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>Seen from the subject.</summary>
[Flags]
public enum Direction : byte
{
    Out = 1,
    In = 2,
    Both = 3,
}

/// <summary>Which of a subject's flows are meant. Sets are sorted and hold each value once.</summary>
public sealed record FlowPredicate
{
    private readonly ImmutableArray<ushort> _remotePorts = [];
    private readonly ImmutableArray<IpKey> _remotes = [];

    public Direction Direction { get; init; } = Direction.Both;

    /// <summary>IANA protocol number; 0 = any.</summary>
    public byte Protocol { get; init; }

    /// <summary>Remote ports; empty = any.</summary>
    public ImmutableArray<ushort> RemotePorts
    {
        get => _remotePorts;
        init => _remotePorts = [.. value.Distinct().Order()];
    }

    /// <summary>Remote addresses; empty = any.</summary>
    public ImmutableArray<IpKey> Remotes
    {
        get => _remotes;
        init => _remotes = [.. value.Distinct().Order()];
    }

    /// <summary>A port of the subject's own that narrows the predicate further (a reflector's
    /// service); 0 = any.</summary>
    public ushort SubjectPort { get; init; }

    /// <summary>What a flow has to show of itself beside; every trait but none where the remotes are left
    /// open.</summary>
    public FlowTrait Trait { get; init; }

    /// <summary>Whether a line may be closed for it, or put into a garden: it names far ends, or what a flow has to
    /// show (rules.md R22).</summary>
    public bool MayRestrict => !Remotes.IsEmpty || Trait != FlowTrait.None;

    /// <summary>Whether a class of what comes from a service says which: by the line's own port, or by the far end's.
    /// </summary>
    internal bool NamesService => Trait != FlowTrait.FromService || SubjectPort != 0 || !RemotePorts.IsEmpty;

    /// <summary>Whether some of the flow's packets are meant. Of a flow that went both ways only the half in
    /// <see cref="Direction"/> is.</summary>
    public bool Matches(in Flow flow) =>
        (Protocol == 0 || flow.Protocol == Protocol)
        && (SubjectPort == 0 || flow.SubjectPort == SubjectPort)
        && (((Direction & Direction.Out) != 0 && flow.PacketsOut > 0)
            || ((Direction & Direction.In) != 0 && flow.PacketsIn > 0))
        && (RemotePorts.IsEmpty || RemotePorts.BinarySearch(flow.RemotePort) >= 0)
        && (Remotes.IsEmpty || Remotes.BinarySearch(flow.Remote) >= 0)
        && (Trait == FlowTrait.None || (FlowTraitNames.IsShownBy(flow, Trait) && NamesService));

    /// <summary>Whether nothing that this predicate means lies outside <paramref name="other"/>.</summary>
    public bool IsWithin(FlowPredicate other) =>
        (Direction & ~other.Direction) == 0
        && (other.Protocol == 0 || Protocol == other.Protocol)
        && (other.Trait == FlowTrait.None || Trait == other.Trait)
        && (other.SubjectPort == 0 || SubjectPort == other.SubjectPort)
        && (other.RemotePorts.IsEmpty
            || (!RemotePorts.IsEmpty && RemotePorts.All(port => other.RemotePorts.BinarySearch(port) >= 0)))
        && (other.Remotes.IsEmpty
            || (!Remotes.IsEmpty && Remotes.All(remote => other.Remotes.BinarySearch(remote) >= 0)));

    public bool Equals(FlowPredicate? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>One canonical line, the same for equal predicates: what the audit digests.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ToName(Direction)} {(Protocol == 0 ? "any" : Protocols.ToName(Protocol))} rport={List(RemotePorts)} "
            + $"raddr={List(Remotes)}{(SubjectPort == 0 ? "" : $" sport={SubjectPort}")}"
            + $"{(Trait == FlowTrait.None ? "" : $" trait={FlowTraitNames.ToName(Trait)}")}");

    /// <summary>The word of a direction.</summary>
    public static string ToName(Direction direction) =>
        direction switch { Direction.Out => "out", Direction.In => "in", _ => "both" };

    private static string List<T>(ImmutableArray<T> values) => values.IsEmpty ? "any" : string.Join(',', values);
}
