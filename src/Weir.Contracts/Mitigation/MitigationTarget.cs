// SPDX-License-Identifier: Apache-2.0
//
// What a block stops, as one value with one canonical line of text: that line is what two people approve, what the
// journal keeps and what the audit digests. It cannot be wider than the kind allows.
using System.Collections.Immutable;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Contracts.Mitigation;

/// <summary>Where a block is put in force.</summary>
public enum MitigationKind : byte
{
    /// <summary>A FlowSpec rule on the routers (RFC 8955, RFC 8956).</summary>
    FlowSpec = 1,

    /// <summary>A host route to nowhere on the routers (RFC 5635, RFC 7999): every protocol of
    /// every subscriber.</summary>
    Blackhole,

    /// <summary>A name on the resolvers (RPZ, QNAME trigger).</summary>
    Name,

    /// <summary>Answers that hold an address, on the resolvers (RPZ, response-IP trigger).</summary>
    Answer,
}

/// <summary>What is done to what matches.</summary>
public enum MitigationAction : byte
{
    Discard = 1,

    /// <summary>FlowSpec: so many octets a second pass (RFC 8955 §7.1).</summary>
    Rate,

    /// <summary>FlowSpec: into the VRF that imports a route target (RFC 8955 §7.4).</summary>
    Redirect,

    /// <summary>RPZ: there is no such name.</summary>
    Nxdomain,

    /// <summary>RPZ: the walled garden's name instead.</summary>
    Garden,

    /// <summary>RPZ: answered as ever, whatever wider rule there is.</summary>
    Pass,
}

/// <summary>A route target <c>asn:number</c> (RFC 4360 §4, RFC 5668).</summary>
public readonly record struct RouteTarget(uint Asn, uint Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Asn}:{Number}");
}

/// <summary>One target. Made by the methods named after its kinds, or read from its text.</summary>
public sealed record MitigationTarget
{
    /// <summary>Ports that one rule may name, as many as a traffic class (rules.md R3).</summary>
    public const int MaxPorts = TrafficClass.MaxPorts;

    private MitigationTarget()
    {
    }

    public MitigationKind Kind { get; private init; }

    public MitigationAction Action { get; private init; }

    /// <summary>The far end; none for a name, and for the class of a flood that names ports alone.</summary>
    public Prefix? Remote { get; private init; }

    /// <summary>IANA protocol number; 0 where the kind knows none.</summary>
    public byte Protocol { get; private init; }

    /// <summary>Ports of the far end, ascending.</summary>
    public ImmutableArray<ushort> Ports { get; private init; } = [];

    /// <summary>One subscriber line the rule is for; none = all subscribers.</summary>
    public Prefix? Line { get; private init; }

    /// <summary>A port of the line's own that narrows the rule (a reflector's service); 0 = any.</summary>
    public ushort LinePort { get; private init; }

    /// <summary>Octets a second that pass under <see cref="MitigationAction.Rate"/>.</summary>
    public uint Rate { get; private init; }

    public RouteTarget RedirectTo { get; private init; }

    /// <summary>A domain in lower case without its last dot; it and all below it are meant. Only from feeds.</summary>
    public string Domain { get; private init; } = "";

    /// <summary>Whether it is for one line, also where the line is forgotten.</summary>
    public bool IsForOneLine { get; private init; }

    /// <summary>Whether it stops what people reach by address, so that others at the same address
    /// are hit (R15).</summary>
    public bool IsByAddress => Kind != MitigationKind.Name && !IsForOneLine && Action != MitigationAction.Pass;

    /// <summary>Whether routers hold it.</summary>
    public bool IsRoute => Kind is MitigationKind.FlowSpec or MitigationKind.Blackhole;

    /// <summary>An endpoint, for all subscribers or one line.</summary>
    /// <exception cref="ArgumentException">It is wider than a class of traffic may be; the
    /// message says in what.</exception>
    public static MitigationTarget Endpoint(
        Prefix remote, byte protocol, IEnumerable<ushort> ports, Prefix? line = null) =>
            Checked(new()
            {
                Kind = MitigationKind.FlowSpec,
                Action = MitigationAction.Discard,
                Remote = remote,
                Protocol = protocol,
                Ports = Sorted(ports),
                Line = line,
                IsForOneLine = line is not null
            });

    /// <summary>The class of an event of one line, and nothing beside it: one target for each remote address
    /// the class names.</summary>
    /// <exception cref="ArgumentException">The class is not what the line sends.</exception>
    public static IReadOnlyList<MitigationTarget> Flood(TrafficClass of, Prefix? line)
    {
        var predicate = of.Predicate;
        if ((predicate.Direction & Direction.Out) == 0)
        {
            throw new ArgumentException(
                $"'{of}' is what arrives at the line; a rule stops what the line sends.", nameof(of));
        }

        Prefix?[] remotes = predicate.Remotes.IsEmpty ? [null] : [.. predicate.Remotes
            .Where(r => line is not { } one || r.IsV4 == one.IsV4).Select(r => (Prefix?)Prefix.From(r, 128))];
        return [.. remotes.Select(remote => Checked(new()
        {
            Kind = MitigationKind.FlowSpec,
            Action = MitigationAction.Discard,
            Remote = remote,
            Protocol = predicate.Protocol,
            Ports = predicate.RemotePorts,
            Line = line,
            LinePort = predicate.SubjectPort,
            IsForOneLine = true,
        }))];
    }

    /// <summary>What a scope's class names, closed for its line alone: the endpoint of a contact, else the class of
    /// what the line sends; one target for each remote address.</summary>
    /// <returns>Nothing where the line sends nothing that could be stopped.</returns>
    public static IReadOnlyList<MitigationTarget> ForLineOf(Scope scope)
    {
        var named = scope.Class.Predicate;
        return scope.Purpose == Purpose.CncContact ? [.. named.Remotes.Select(
            remote => EndpointForOneLine(Prefix.From(remote, 128), named.Protocol, named.RemotePorts))]
            : (named.Direction & Direction.Out) != 0 ? Flood(scope.Class, null)
            : [];
    }

    /// <summary>An endpoint for one line whose address is not known yet.</summary>
    /// <exception cref="ArgumentException">It is wider than a class of traffic may be.</exception>
    public static MitigationTarget EndpointForOneLine(Prefix remote, byte protocol, IEnumerable<ushort> ports) =>
        Checked(FlowSpecOf(remote, protocol, ports, null, true, 0));

    /// <summary>An address, whole.</summary>
    public static MitigationTarget Blackhole(Prefix remote) =>
        new() { Kind = MitigationKind.Blackhole, Action = MitigationAction.Discard, Remote = remote };

    /// <summary>A domain and all below it.</summary>
    /// <exception cref="ArgumentException">It is no domain name.</exception>
    public static MitigationTarget Name(string domain, MitigationAction action = MitigationAction.Nxdomain) =>
        Checked(new() { Kind = MitigationKind.Name, Action = action, Domain = domain.TrimEnd('.').ToLowerInvariant() });

    /// <summary>Names whose answer holds an address.</summary>
    public static MitigationTarget Answer(Prefix remote, MitigationAction action = MitigationAction.Nxdomain) =>
        Checked(new() { Kind = MitigationKind.Answer, Action = action, Remote = remote });

    /// <summary>The same rule, with a rate in place of nothing; octets a second.</summary>
    public MitigationTarget Limited(uint octetsPerSecond) =>
        Checked(this with { Action = MitigationAction.Rate, Rate = octetsPerSecond });

    /// <summary>The same rule, sent to a VRF.</summary>
    public MitigationTarget Redirected(RouteTarget to) =>
        Checked(this with { Action = MitigationAction.Redirect, RedirectTo = to });

    /// <summary>The same target with the subscriber's address forgotten; it can never be put in force again.</summary>
    public MitigationTarget WithoutLine() => this with { Line = null };

    /// <summary>The same target for another address of the line.</summary>
    /// <exception cref="ArgumentException">The far end is of the other address family.</exception>
    public MitigationTarget ForLine(Prefix line) => Checked(this with { Line = line, IsForOneLine = true });

    /// <summary>As listings, messages and what people sign show it: never a subscriber's address.</summary>
    public string Shown => MitigationTargetText.Show(this);

    /// <summary>Reads what <see cref="ToString"/> or <see cref="Shown"/> wrote.</summary>
    public static MitigationTarget Parse(string text) =>
        MitigationTargetText.TryParse(text, out var target, out var fault) ? target! : throw new FormatException(fault);

    public static bool TryParse(string text, out MitigationTarget? target, out string fault) =>
        MitigationTargetText.TryParse(text, out target, out fault);

    /// <summary>Whether a text is a domain name that a block may name.</summary>
    public static bool IsDomain(string text) => TryParse($"name {text} nxdomain", out _, out _);

    public bool Equals(MitigationTarget? other) =>
        other is not null && Kind == other.Kind && Action == other.Action
        && Remote == other.Remote && Protocol == other.Protocol && Line == other.Line
        && LinePort == other.LinePort && Rate == other.Rate && RedirectTo == other.RedirectTo
        && IsForOneLine == other.IsForOneLine && Domain == other.Domain
        && Ports.SequenceEqual(other.Ports);

    public override int GetHashCode() => HashCode.Combine(Kind, Action, Remote, Protocol, Line, Domain, Ports.Length);

    /// <summary>The canonical line, the same for equal targets.</summary>
    public override string ToString() => MitigationTargetText.Write(this);

    internal static MitigationTarget Checked(MitigationTarget target) =>
        Fault(target) is { } fault ? throw new ArgumentException(fault, nameof(target)) : target;

    internal static MitigationTarget FlowSpecOf(
        Prefix? remote, byte protocol, IEnumerable<ushort> ports, Prefix? line, bool forOneLine, ushort linePort) =>
        new()
        {
            Kind = MitigationKind.FlowSpec,
            Action = MitigationAction.Discard,
            Remote = remote,
            Protocol = protocol,
            Ports = Sorted(ports), Line = line, IsForOneLine = forOneLine, LinePort = linePort,
        };

    private static ImmutableArray<ushort> Sorted(IEnumerable<ushort> ports) => [.. ports.Distinct().Order()];

    private static string? Fault(MitigationTarget target) => target.Kind switch
    {
        MitigationKind.FlowSpec when target.Protocol == 0 => "A FlowSpec rule names one protocol (rules.md R3).",
        MitigationKind.FlowSpec when target.Remote is null && !target.IsForOneLine =>
            "A FlowSpec rule for all subscribers names the far end.",
        MitigationKind.FlowSpec when target.Remote is null && target.Ports.IsEmpty =>
            "A FlowSpec rule names the far end or its ports (rules.md R3).",
        MitigationKind.FlowSpec when target.Ports.Length > MaxPorts =>
            $"A FlowSpec rule names at most {MaxPorts} ports.",
        MitigationKind.FlowSpec when HasPorts(target.Protocol) && target.Ports.IsEmpty && !target.IsForOneLine =>
            "A FlowSpec rule for all subscribers names the ports; an address as a whole is a blackhole.",
        MitigationKind.FlowSpec when !HasPorts(target.Protocol) && (!target.Ports.IsEmpty || target.LinePort != 0) =>
            $"{Protocols.ToName(target.Protocol)} has no ports.",
        MitigationKind.FlowSpec
            when target.Remote is { } remote && target.Line is { } line && remote.IsV4 != line.IsV4 =>
            "The far end and the line are of two address families.",
        MitigationKind.FlowSpec when target.Action == MitigationAction.Rate && target.Rate == 0 =>
            "A rate of 0 is a discard; say discard.",
        MitigationKind.FlowSpec when target.Action == MitigationAction.Redirect
            && target.RedirectTo is { Asn: 0 } or { Asn: > ushort.MaxValue, Number: > ushort.MaxValue } =>
            $"{target.RedirectTo} is no route target.",
        MitigationKind.FlowSpec =>
            target.Action <= MitigationAction.Redirect ? null : "A router discards, limits or redirects.",
        MitigationKind.Name when !DomainName.IsValid(target.Domain) => $"'{target.Domain}' is no domain name.",
        MitigationKind.Name or MitigationKind.Answer =>
            target.Action >= MitigationAction.Nxdomain ? null : "A resolver answers nxdomain, garden or pass.",
        _ => target.Action == MitigationAction.Discard ? null : "A blackhole discards.",
    };

    private static bool HasPorts(byte protocol) => protocol is Protocols.Tcp or Protocols.Udp or Protocols.Sctp;
}
