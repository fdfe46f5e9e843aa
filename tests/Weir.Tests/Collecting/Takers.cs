// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Wire;

namespace Weir.Tests.Collecting;

/// <summary>A datagram as it was handed on.</summary>
internal readonly record struct ReceivedDatagram(byte[] Payload, IpKey Exporter, ushort Port, long ArrivedAtMs);

internal readonly struct RecordingDatagramHandler(List<ReceivedDatagram> taken) : IDatagramHandler
{
    public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
        taken.Add(new(payload.ToArray(), exporter, exporterPort, arrivedAtMs));
}

internal struct CountingDatagramHandler : IDatagramHandler
{
    public long Datagrams;
    public long Octets;

    public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
    {
        Datagrams++;
        Octets += payload.Length;
    }
}

/// <summary>Keeps flows and faults; everything else a file may not call.</summary>
internal readonly struct RecordingFlowVisitor(List<FlowRecord> flows, List<Malformed> faults) : IFlowVisitor
{
    public void OnFlow(in FlowRecord flow) => flows.Add(flow);

    public void OnMalformed(in Malformed fault) => faults.Add(fault);

    public void OnMessage(in ExportHeader header) => Assert.Fail("a flow table has no messages");

    public void OnSampling(in SamplingAnnouncement sampling) => Assert.Fail("a flow table announces no sampling");

    public void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set) =>
        Assert.Fail("a flow table has no templates");

    public bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => true;

    public void OnIgnored(IgnoredReason what) => Assert.Fail("a flow table ignores by its own counts");

    public void OnMessageEnd(uint sequenceUnits) => Assert.Fail("a flow table has no messages");
}

/// <summary>A file of given octets, deleted afterwards, and what reading it yields.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch(ReadOnlySpan<byte> octets)
    {
        using var file = File.Create(Path);
        file.Write(octets);
    }

    public Scratch(string text)
        : this(System.Text.Encoding.UTF8.GetBytes(text))
    {
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"weir-test-{Guid.NewGuid():N}");

    public static (List<ReceivedDatagram> Taken, InputFile File) Datagrams(string path, InputOptions? options = null)
    {
        using var file = InputFile.Open(path, options ?? InputOptions.Default);
        var taken = new List<ReceivedDatagram>();
        var taker = new RecordingDatagramHandler(taken);
        file.ReadDatagrams(ref taker, CancellationToken.None);
        var losses = file.Losses;
        if (file.Format.StartsWith("pcap", StringComparison.Ordinal))
        {
            Assert.Equal(losses.Packets, losses.Datagrams + losses.NotUdp + losses.NotFlowExport
                + losses.PacketsOtherLink + losses.PacketsDamaged + losses.FragmentsJoined + losses.FragmentsLost);
        }

        Assert.Equal(losses.Datagrams, taken.Count);
        return (taken, file);
    }

    public static (List<FlowRecord> Flows, InputFile File) Flows(string path, InputOptions? options = null)
    {
        using var file = InputFile.Open(path, options ?? InputOptions.Default);
        var flows = new List<FlowRecord>();
        var faults = new List<Malformed>();
        var visitor = new RecordingFlowVisitor(flows, faults);
        file.ReadFlows(ref visitor, CancellationToken.None);
        var losses = file.Losses;
        Assert.Equal(losses.Lines, losses.Flows + losses.LinesWithoutFlow + losses.LinesNotIp + losses.LinesRefused);
        Assert.Equal((losses.Flows, losses.LinesRefused), (flows.Count, faults.Count));
        return (flows, file);
    }

    public void Dispose() => File.Delete(Path);
}
