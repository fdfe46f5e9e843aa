// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class PcapSinkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1_399)]
    [InlineData(1_400)]
    public void Every_frame_has_right_lengths_and_checksums(int octets)
    {
        var stream = new MemoryStream();
        using var sink = new PcapSink(stream, IpKey.Parse("192.0.2.1"), 2055);
        var payload = Enumerable.Range(0, octets).Select(i => (byte)(i * 37)).ToArray();
        sink.Send(new Exporter(IpKey.Parse("192.0.2.10"), 1, 0), 1_767_571_206_688, payload);

        var file = stream.ToArray();
        Assert.Equal(0xA1B2C3D4, BinaryPrimitives.ReadUInt32LittleEndian(file));
        var record = file.AsSpan(24);
        Assert.Equal(1_767_571_206u, BinaryPrimitives.ReadUInt32LittleEndian(record));
        Assert.Equal(688_000u, BinaryPrimitives.ReadUInt32LittleEndian(record[4..]));
        Assert.Equal((uint)(42 + octets), BinaryPrimitives.ReadUInt32LittleEndian(record[8..]));
        var ip = record[30..];
        Assert.Equal(28 + octets, BinaryPrimitives.ReadUInt16BigEndian(ip[2..]));
        Assert.Equal(0xFFFF, Sum(ip[..20]));

        // RFC 768: pseudo header, header and data add up to all ones.
        byte[] pseudo = [.. ip.Slice(12, 8), 0, 17, .. ip.Slice(24, 2), .. ip.Slice(20, 8 + octets)];
        Assert.Equal(0xFFFF, Sum(pseudo));
        Assert.Equal(payload, ip[28..].ToArray());
    }

    [Theory]
    [InlineData(ExportProtocol.NetFlow5, 1u)]
    [InlineData(ExportProtocol.NetFlow9, 1u)]
    [InlineData(ExportProtocol.Ipfix, 100u)]
    public void Tshark_reads_as_many_flows_as_the_truth_says(ExportProtocol protocol, uint sampling)
    {
        using var folder = new Scratch();
        var truth = LabFolder.Write(folder.Path, Options with { Protocol = protocol, Sampling = sampling });
        var port = LabFolder.UsualPort(protocol);
        var lines = Tshark(folder.Path, $"-d udp.port=={port},cflow -T fields -E occurrence=a -E aggregator=; -e "
            + "cflow.packets -e ip.checksum.status -e udp.checksum.status -e _ws.malformed -o "
            + "ip.check_checksum:TRUE -o udp.check_checksum:TRUE");
        Assert.Equal(truth.Totals.Datagrams, lines.Length);
        var packets = lines.SelectMany(line => line.Split('\t')[0].Split(';', StringSplitOptions.RemoveEmptyEntries))
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal((truth.Totals.Flows, truth.Totals.Packets), (packets.Length, packets.Sum()));
        Assert.All(lines, line => Assert.Equal(["1", "1", ""], line.Split('\t')[1..]));
    }

    [Fact]
    public void Tshark_reads_as_many_sFlow_samples_as_the_truth_says()
    {
        using var folder = new Scratch();
        var truth = LabFolder.Write(folder.Path, Options with { Protocol = ExportProtocol.SFlow5, Sampling = 64 });
        var lines = Tshark(folder.Path, "-T fields -E occurrence=a -E aggregator=; -e sflow_245.numsamples -e "
            + "sflow_245.header_protocol -e _ws.malformed");
        Assert.Equal(truth.Totals.Datagrams, lines.Length);
        Assert.Equal(
            truth.Totals.Flows, lines.Sum(line => long.Parse(line.Split('\t')[0], CultureInfo.InvariantCulture)));
        Assert.Equal(truth.Totals.Flows, lines.Sum(line => line.Split('\t')[1].Split(';').Length));
        Assert.All(lines, line => Assert.Equal("", line.Split('\t')[2]));
    }

    private static LabOptions Options { get; } = new()
    {
        Subscribers = 500,
        Seconds = 3_600,
        Bots = 12,
        Nets = 2,
        ListEntries = 40,
        Flows = 8_000,
        Attacks = false
    };

    private static int Sum(ReadOnlySpan<byte> octets)
    {
        var sum = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            sum += octets[i] << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }

    private static string[] Tshark(string folder, string arguments)
    {
        Need.Programs("tshark");
        using var tshark = Process.Start(
            new ProcessStartInfo("tshark", $"-n -r {System.IO.Path.Combine(folder, LabFolder.Capture)} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var errors = tshark.StandardError.ReadToEndAsync();
        var text = tshark.StandardOutput.ReadToEnd();
        tshark.WaitForExit();
        Assert.True(tshark.ExitCode == 0, errors.Result);
        return text.Split('\n')[..^1];
    }
}

/// <summary>A folder of its own that goes with the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("weir-lab-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
