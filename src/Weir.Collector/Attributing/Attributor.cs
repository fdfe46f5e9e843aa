// SPDX-License-Identifier: Apache-2.0
//
// Step 3: turns a record so that the subject is on the left, and says where it stands when there is no subject. An
// address is cut to its subject (an IPv4 address, or an IPv6 prefix) here and travels no further than memory.
//
// Who opened the conversation decides whether the remote port names a service. A biflow says so (RFC 5103: the source
// is the initiator); a bare SYN says so; a subject's port below 1024 facing a high remote port says so. Everything else
// stays "unknown" and counts as the remote's service: better one meaningless endpoint than a C&C overlooked.
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>Which interfaces face subscribers, so that a foreign source behind one is a spoofed
/// source (BCP 38).</summary>
public interface IInterfaceRoles
{
    /// <summary>Rises whenever something else is said.</summary>
    int Version { get; }

    /// <summary>SNMP indices of an exporter's interfaces that face subscribers.</summary>
    IReadOnlySet<uint> FacingSubscribers(IpKey exporter);
}

/// <summary>Step 3: fills in subject, remote, direction and place of a flow. Holds no state of its own
/// but its counters.</summary>
/// <param name="networks">The provider's networks.</param>
/// <param name="roles">Which interfaces face subscribers; null where nobody says.</param>
/// <param name="keys">Under whose keys subjects leave memory: a flow of an epoch without a key is nobody's. Null where
/// they stay in clear.</param>
/// <param name="intake">Lines of networks whose addresses change hands; null where none do.</param>
public sealed class Attributor(
    NetworkTable networks, IInterfaceRoles? roles = null, IEpochKeySource? keys = null,
    CurrentIntakeTable? intake = null)
{
    private const byte Syn = 0x02;
    private const byte Ack = 0x10;
    private const ushort FirstUnprivilegedPort = 1024;

    private (IpKey Exporter, int Version, IReadOnlySet<uint>? Interfaces) _facing;

    /// <summary>Networks in force; replaced whole on reload.</summary>
    public NetworkTable Networks { get; set; } = networks;

    public AttributionCounts Counts { get; } = new();

    /// <summary>Turns <paramref name="record"/> into <paramref name="flow"/>. True when it belongs to a subject, or to
    /// the line behind an interface that let a spoofed source in, and goes on.</summary>
    public bool Attribute(in FlowRecord record, IpKey exporter, byte role, ref Flow flow)
    {
        var source = Networks.Find(record.Source);
        var destination = Networks.Find(record.Destination);
        if (source is null == destination is null)
        {
            return CountWithoutSubject(source, record, exporter, role, ref flow);
        }

        if ((source ?? destination)!.Excluded)
        {
            Counts.Excluded++;
            return false;
        }

        if (!TryName(record, source, destination, out flow.Subject))
        {
            Counts.Unattributed++;
            return false;
        }

        Turn(in record, subjectIsSource: source is not null, ref flow);
        flow.AccessType = (source ?? destination)!.AccessType;
        flow.Protocol = record.Protocol;
        flow.StartMs = record.StartMs;
        flow.EndMs = record.EndMs;
        flow.SamplingInterval = Math.Max(1, record.SamplingInterval);
        flow.Traits = record.Traits;
        flow.Role = role;
        if (record.Protocol is Protocols.Icmp or Protocols.Icmp6)
        {
            // Type and code are not ports: an endpoint reached by ICMP has none.
            flow.SubjectPort = flow.RemotePort = 0;
        }

        flow.Opener = OpenerOf(record, source is not null, flow.SubjectPort, flow.RemotePort);
        flow.Place = FlowAttribution.Attributed;
        Counts.Attributed++;
        return true;
    }

    /// <summary>Lays the record's ends and counts out as seen from the subject.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(in FlowRecord record, bool subjectIsSource, ref Flow flow)
    {
        if (subjectIsSource)
        {
            flow.Remote = record.Destination;
            flow.SubjectPort = record.SourcePort;
            flow.RemotePort = record.DestinationPort;
            flow.PacketsOut = record.Packets;
            flow.OctetsOut = record.Octets;
            flow.PacketsIn = record.ReversePackets;
            flow.OctetsIn = record.ReverseOctets;
            flow.FlagsOut = record.TcpFlags;
            flow.FlagsIn = record.ReverseTcpFlags;
            return;
        }

        flow.Remote = record.Source;
        flow.SubjectPort = record.DestinationPort;
        flow.RemotePort = record.SourcePort;
        flow.PacketsOut = record.ReversePackets;
        flow.OctetsOut = record.ReverseOctets;
        flow.PacketsIn = record.Packets;
        flow.OctetsIn = record.Octets;
        flow.FlagsOut = record.ReverseTcpFlags;
        flow.FlagsIn = record.TcpFlags;
    }

    /// <summary>The subject's block or line number; false where nobody can be named: no lease is known, or no key of
    /// the epoch is at hand.</summary>
    private bool TryName(in FlowRecord record, Network? source, Network? destination, out IpKey subject)
    {
        subject = default;
        if (keys is not null && !keys.Has(Epochs.At(record.StartMs)))
        {
            return false;
        }

        var network = source ?? destination!;
        var address = source is not null ? record.Source : record.Destination;
        if (network.Attribution == SubscriberMapping.Static)
        {
            subject = new IpKey(address.Bits & network.SubjectMask);
            return true;
        }

        var port = record.Protocol is Protocols.Icmp or Protocols.Icmp6
            ? (ushort)0 : source is not null ? record.SourcePort : record.DestinationPort;
        return intake is not null && intake.TryFind(address, port, record.Protocol, record.StartMs, out subject);
    }

    private static FlowInitiator OpenerOf(
        in FlowRecord record, bool subjectIsSource, ushort subjectPort, ushort remotePort)
    {
        var sender = subjectIsSource ? FlowInitiator.Subject : FlowInitiator.Remote;
        if (record.Is(FlowTraits.Biflow))
        {
            return sender;
        }

        if (record.Protocol == Protocols.Tcp && record.Is(FlowTraits.FlagsKnown)
            && (record.TcpFlags & (Syn | Ack)) == Syn)
        {
            return sender;
        }

        return subjectPort is > 0 and < FirstUnprivilegedPort && remotePort >= FirstUnprivilegedPort
            ? FlowInitiator.Remote
            : FlowInitiator.Unknown;
    }

    /// <summary>Whom an exporter's interfaces face is looked up once for its flows that follow each other.</summary>
    private bool FacesSubscribers(IInterfaceRoles said, IpKey exporter, uint inputInterface)
    {
        var version = said.Version;
        if (_facing.Interfaces is null || _facing.Exporter != exporter || _facing.Version != version)
        {
            _facing = (exporter, version, said.FacingSubscribers(exporter));
        }

        return _facing.Interfaces.Contains(inputInterface);
    }

    private bool CountWithoutSubject(Network? source, in FlowRecord record, IpKey exporter, byte role, ref Flow flow)
    {
        if (source is not null)
        {
            Counts.Internal++;
            return false;
        }

        if (roles is null || !FacesSubscribers(roles, exporter, record.InputInterface))
        {
            Counts.Foreign++;
            return false;
        }

        Counts.Spoofed++;
        flow = new Flow
        {
            Subject = InterfaceSubscriberLines.From(exporter, record.InputInterface),
            Remote = record.Destination,
            StartMs = record.StartMs,
            EndMs = record.EndMs,
            PacketsOut = record.Packets,
            OctetsOut = record.Octets,
            SamplingInterval = Math.Max(1, record.SamplingInterval),
            SubjectPort = record.SourcePort,
            RemotePort = record.DestinationPort,
            Protocol = record.Protocol,
            FlagsOut = record.TcpFlags,
            Traits = record.Traits,
            Place = FlowAttribution.Spoofed,
            Role = role,
        };
        return true;
    }
}

/// <summary>Where the flows of one lane went; together they are all that was read.</summary>
public sealed class AttributionCounts
{
    public long Attributed { get; set; }

    public long Internal { get; set; }

    public long Foreign { get; set; }

    public long Spoofed { get; set; }

    public long Excluded { get; set; }

    /// <summary>Flows of a subscriber who cannot be named: no lease known, or the vault has not given the key
    /// of their epoch.</summary>
    public long Unattributed { get; set; }

    /// <summary>Flows told at a router's way out that its way in had told already.</summary>
    public long SeenTwice { get; set; }

    /// <summary>Flows of datagrams that continue no stream: they give no grounds and go no further.</summary>
    public long Stray { get; set; }

    /// <summary>Attributed flows of networks that another collector owns: they go there, and are counted there.</summary>
    public long Forwarded { get; set; }

    /// <summary>Attributed flows that are not corroborated: in no pair digest. Those that go to another collector are
    /// not among them.</summary>
    public long Doubtful { get; set; }

    /// <summary>Flows that started outside the window asked for (<c>--since</c>, <c>--until</c>).</summary>
    public long OutsideWindow { get; set; }
}
