// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>A predicate narrow enough to be a scope's: one protocol, and remote ports or remote addresses (rules.md
/// R3). Any/any does not construct.</summary>
public sealed record TrafficClass
{
    public const int MaxPorts = 8;

    /// <summary>Remote addresses a class may name: the victims of one event.</summary>
    public const int MaxRemotes = 64;

    /// <exception cref="ArgumentException">The predicate is too wide for a scope; the message says in what.</exception>
    public TrafficClass(FlowPredicate predicate)
    {
        if (Fault(predicate) is { } fault)
        {
            throw new ArgumentException(fault, nameof(predicate));
        }

        Predicate = predicate;
    }

    public FlowPredicate Predicate { get; }

    /// <summary>Why a predicate cannot be a scope's, or null where it can.</summary>
    public static string? Fault(FlowPredicate predicate) =>
        predicate.Direction is 0 or > Direction.Both
            ? "A traffic class needs a direction: out, in or both (rules.md R3)."
        : predicate.Protocol == 0 ? "A traffic class needs one protocol; any/any opens nothing (rules.md R3)."
        : predicate.RemotePorts.IsEmpty && predicate.Remotes.IsEmpty
            ? "A traffic class needs remote ports or remote addresses beside the protocol (rules.md R3)."
        : !predicate.NamesService
            ? "A traffic class of what comes from a service needs the service's port (rules.md R22)."
        : predicate.RemotePorts.Length > MaxPorts
            ? $"A traffic class names at most {MaxPorts} remote ports (rules.md R3); name the remote addresses instead."
        : predicate.Remotes.Length > MaxRemotes
            ? $"A traffic class names at most {MaxRemotes} remote addresses; name the remote ports instead."
        : null;

    /// <summary>A class by its parts; see the constructor.</summary>
    public static TrafficClass Create(
        Direction direction, byte protocol, IEnumerable<ushort> remotePorts, IEnumerable<IpKey> remotes,
        ushort subjectPort = 0, FlowTrait trait = FlowTrait.None) =>
            new(new FlowPredicate
            {
                Direction = direction,
                Protocol = protocol,
                RemotePorts = [.. remotePorts],
                Remotes = [.. remotes],
                SubjectPort = subjectPort,
                Trait = trait,
            });

    public override string ToString() => Predicate.ToString();
}
