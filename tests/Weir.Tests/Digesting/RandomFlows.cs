// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Digesting;

/// <summary>Flows and scopes made from a seed, few enough subjects and remotes that scopes are met often; and what
/// evidence of them must be, by looking at every flow.</summary>
internal static class RandomFlows
{
    public const long Noon = 1_772_452_800_000;

    public static IpKey Subject(int number) => number % 3 == 0
        ? new IpKey(new UInt128(0x2001_0DB8_0000_0000 + (ulong)number, 0))
        : IpKey.FromV4(0x0A00_0000 + (uint)number);

    public static IpKey Remote(int number) => number % 4 == 0
        ? new IpKey(new UInt128(0x2606_4700_0000_0000, (ulong)number))
        : IpKey.FromV4(0xC633_6400 + (uint)number);

    public static Flow One(Random random, long fromMs, long untilMs, int subjects = 20)
    {
        var way = random.Next(3);
        var start = random.NextInt64(fromMs, untilMs);
        return new Flow
        {
            Subject = Subject(random.Next(subjects)),
            Remote = Remote(random.Next(6)),
            StartMs = start,
            EndMs = start + random.Next(120_000),
            PacketsOut = way == 1 ? 0 : (ulong)random.Next(1, 1_000),
            OctetsOut = way == 1 ? 0 : (ulong)random.Next(40, 1_000_000),
            FlagsOut = way == 1 ? (byte)0 : (byte)random.Next(64),
            PacketsIn = way == 0 ? 0 : (ulong)random.Next(1, 1_000),
            OctetsIn = way == 0 ? 0 : (ulong)random.Next(40, 1_000_000),
            FlagsIn = way == 0 ? (byte)0 : (byte)random.Next(64),
            SamplingInterval = (uint)(random.Next(4) == 0 ? 100 : 1),
            SubjectPort = (ushort)random.Next(1, 4),
            RemotePort = Ports[random.Next(Ports.Length)],
            Protocol = random.Next(2) == 0 ? Protocols.Udp : Protocols.Tcp,
            Place = FlowAttribution.Attributed,
        };
    }

    public static ScopeWatch Watch(Random random, ulong number, long fromMs, long untilMs, int subjects = 20) => new(
        new ScopeId(number),
        Subject(random.Next(subjects)),
        TrafficClass.Create(
            (Direction)random.Next(1, 4),
            random.Next(2) == 0 ? Protocols.Udp : Protocols.Tcp,
            random.Next(2) == 0 ? [Ports[random.Next(Ports.Length)], Ports[random.Next(Ports.Length)]] : [],
            [Remote(random.Next(6)), Remote(random.Next(6)), Remote(random.Next(6))],
            (ushort)(random.Next(4) == 0 ? random.Next(1, 4) : 0)).Predicate,
        fromMs,
        untilMs);

    /// <summary>The row that a flow is for a scope; null where it lies outside. Written from the rules, not from the
    /// code under test.</summary>
    public static EvidenceRow? Row(ScopeWatch scope, in Flow flow)
    {
        var asked = scope.Class;
        var (isOut, isIn) = ((asked.Direction & Direction.Out) != 0
            && flow.PacketsOut > 0, (asked.Direction & Direction.In) != 0 && flow.PacketsIn > 0);
        var remotePort = flow.RemotePort;
        var remote = flow.Remote;
        if (flow.Subject != scope.Subject || flow.StartMs < scope.FromMs
            || flow.StartMs >= scope.UntilMs || flow.Protocol != asked.Protocol || !(isOut || isIn)
            || (asked.RemotePorts.Length > 0 && !asked.RemotePorts.Any(port => port == remotePort))
            || (asked.Remotes.Length > 0 && !asked.Remotes.Any(address => address == remote))
            || (asked.SubjectPort != 0 && asked.SubjectPort != flow.SubjectPort))
        {
            return null;
        }

        return new EvidenceRow
        {
            Scope = scope.Scope,
            StartMs = flow.StartMs,
            EndMs = flow.EndMs,
            Remote = new Endpoint(remote, remotePort, flow.Protocol),
            SamplingInterval = flow.SamplingInterval,
            PacketsOut = isOut ? flow.PacketsOut : 0,
            OctetsOut = isOut ? flow.OctetsOut : 0,
            FlagsOut = isOut ? flow.FlagsOut : (byte)0,
            PacketsIn = isIn ? flow.PacketsIn : 0,
            OctetsIn = isIn ? flow.OctetsIn : 0,
            FlagsIn = isIn ? flow.FlagsIn : (byte)0,
        };
    }

    public static List<EvidenceRow> Expected(IEnumerable<ScopeWatch> scopes, IReadOnlyList<Flow> flows) =>
        [.. from scope in scopes from flow in flows let row = Row(scope, flow) where row is not null select row.Value];

    /// <summary>Rows as texts in an order that does not depend on how they came.</summary>
    public static string[] Sorted(IEnumerable<EvidenceRow> rows) =>
        [.. rows.Select(r => $"{r.Scope} {r.StartMs} {r.EndMs} {r.Remote} {r.PacketsOut}/{r.PacketsIn} "
            + $"{r.OctetsOut}/{r.OctetsIn} {r.FlagsOut}/{r.FlagsIn} 1:{r.SamplingInterval}")
            .Order(StringComparer.Ordinal)];

    private static readonly ushort[] Ports = [25, 53, 443, 7703];
}

/// <summary>Keeps evidence; breaks where told to.</summary>
internal sealed class InMemoryEvidenceSink : IEvidenceSink
{
    private readonly Lock _gate = new();
    private readonly List<EvidenceRow> _rows = [];

    public Exception? Broken { get; set; }

    public EvidenceRow[] Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows];
            }
        }
    }

    public void Write(ReadOnlySpan<EvidenceRow> rows)
    {
        lock (_gate)
        {
            _rows.AddRange(Broken is null ? rows : throw Broken);
        }
    }
}
