// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Detecting;

/// <summary>A detector with everything it told. Times are seconds from <see cref="Start"/>.</summary>
internal sealed class DetectorHarness : IQualityEventSink, IDisposable
{
    /// <summary>A whole minute, half and bin.</summary>
    public const long Start = 1_767_571_200_000;
    public const byte Syn = 0x02;
    public const byte Talk = 0x1A;

    public static readonly IpKey Line = IpKey.Parse("10.0.0.7");
    public static readonly IpKey Victim = IpKey.Parse("203.0.113.9");
    private readonly ExporterNumbers _exporters = new();

    public DetectorHarness(
        DetectingOptions? options = null, NetworkTable? networks = null, TimeProvider? clock = null) =>
        Detector = new Detector(new DetectorDependencies
        {
            Options = options ?? new DetectingOptions { Subjects = 2_000, Details = 256 },
            Networks = networks ?? new NetworkTable(
                [new Network(Prefix.Parse("10.0.0.0/8")), new Network(Prefix.Parse("2001:db8::/32"))]),
            Name = (subject, _) => new SubjectKey(subject.Bits),
            Sink = this,
            Exporters = _exporters,
            Clock = clock,
        });

    public static DetectingOptions Small => new() { Subjects = 2_000, Details = 256 };

    public Detector Detector { get; }

    /// <summary>Every telling, in order.</summary>
    public List<QualityEvent> Told { get; } = [];

    /// <summary>Events as they stood last.</summary>
    public IReadOnlyList<QualityEvent> Events => [.. Told.GroupBy(e => e.Number).Select(steps => steps.Last())];

    public void Handle(QualityEvent quality)
    {
        Assert.Contains(quality.Unit, DetectionRules.Get(quality.Rule).Units);
        Told.Add(quality);
    }

    public void Dispose() => Detector.Dispose();

    public ushort Exporter(string address) => _exporters.GetOrAdd(IpKey.Parse(address));

    public void Add(params Flow[] flows) => Detector.Add(flows);

    /// <summary>Time goes by: a packet of somebody else.</summary>
    public void Until(double second) =>
        Add(Out(second, second, 1, subject: IpKey.Parse("10.9.9.9"), remote: IpKey.Parse("198.51.100.99")));

    /// <summary>No more flows; gives the events.</summary>
    public IReadOnlyList<QualityEvent> Finish()
    {
        Detector.Finish();
        return Events;
    }

    public static Flow Out(
        double from, double until, double packets, double octets = 0, byte protocol = Protocols.Udp, ushort port = 7703,
        byte flags = 0, uint sampling = 1, IpKey? subject = null, IpKey? remote = null, ushort own = 40_000,
        double answered = 0) => new()
    {
        Subject = subject ?? Line,
        Remote = remote ?? Victim,
        StartMs = Start + (long)(from * 1_000),
        EndMs = Start + (long)(until * 1_000),
        PacketsOut = (ulong)packets,
        OctetsOut = (ulong)(octets > 0 ? octets : packets * 100),
        PacketsIn = (ulong)answered,
        OctetsIn = (ulong)(answered * 60),
        Protocol = protocol,
        SubjectPort = own,
        RemotePort = port,
        FlagsOut = flags,
        FlagsIn = answered > 0 && flags != 0 ? Talk : (byte)0,
        Traits = flags != 0 ? FlowTraits.FlagsKnown : FlowTraits.None,
        SamplingInterval = sampling,
        Place = FlowAttribution.Attributed,
    };

    public static Flow In(
        double from, double until, double packets, double octets = 0, byte protocol = Protocols.Udp, ushort port = 53,
        byte flags = 0, IpKey? remote = null, uint sampling = 1, ushort own = 40_000)
    {
        var flow = Out(from, until, packets, octets, protocol, port, flags, sampling, remote: remote, own: own);
        (flow.PacketsIn, flow.OctetsIn, flow.FlagsIn) = (flow.PacketsOut, flow.OctetsOut, flow.FlagsOut);
        (flow.PacketsOut, flow.OctetsOut, flow.FlagsOut) = (0, 0, 0);
        return flow;
    }

    /// <summary>Another remote for each number.</summary>
    public static IpKey Remote(int number) => IpKey.FromV4(0xC633_0000u + (uint)number);
}
