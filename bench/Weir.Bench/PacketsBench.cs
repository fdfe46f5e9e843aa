// SPDX-License-Identifier: Apache-2.0
//
// How many packets a second `weir analyze` takes from an ordinary capture: the whole command in a process of its own,
// by its processor time, start and report among it; and beside it the two readings of the file alone. The capture is
// made for it: conversations of web and name look-ups by 4,096 lines of a provider, packets of 60 to 1,514 octets.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>Ordinary packet captures.</summary>
public static class PacketsBench
{
    private const int Packets = 8_000_000;
    private const int Conversations = 60_000;
    private const long StartMs = 1_700_000_000_000;
    private const int PacketsPerMs = 20;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var folder = Directory.CreateTempSubdirectory("weir-bench-packets");
        try
        {
            var capture = Path.Combine(folder.FullName, "packets.pcap");
            Write(capture);
            scores.AtLeast("packets", "size of the capture", new FileInfo(capture).Length / 1e6, "MB");
            Readings(scores, capture);
            Analyze(scores, capture, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Readings(Scores scores, string capture)
    {
        var from = Environment.CpuUsage.TotalTime;
        using (var file = InputFile.Open(capture, InputOptions.Default))
        {
            var taker = default(NoDatagrams);
            file.ReadDatagrams(ref taker, CancellationToken.None);
        }

        var looked = Environment.CpuUsage.TotalTime;
        using (var file = InputFile.Open(capture, InputOptions.Default))
        {
            var taker = default(Counting);
            file.ReadFlows(ref taker, CancellationToken.None);
            scores.AtLeast("packets", "packets of a flow", (double)file.Losses.PacketsJoined / taker.Flows, "packets");
        }

        var joined = Environment.CpuUsage.TotalTime;
        scores.AtLeast(
            "packets", "looked through for exports, packets a second", Rate(looked - from), "M");
        scores.AtLeast("packets", "put together to flows, packets a second", Rate(joined - looked), "M");
    }

    private static void Analyze(Scores scores, string capture, string folder)
    {
        var (list, spent) = (Path.Combine(folder, "list.txt"), Path.Combine(folder, "spent"));
        File.WriteAllText(list, "46.0.0.7:443\n");
        using var weir = Process.Start(new ProcessStartInfo("/usr/bin/time")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-f", "%U %S %M", "-o", spent, Path.Combine(AppContext.BaseDirectory, "Weir.Cli"), "analyze", capture,
                "--networks", "10.0.0.0/8", "--watchlist", list, "--profile", "lab",
                "--out", Path.Combine(folder, "report"),
            },
        })!;
        var said = weir.StandardOutput.ReadToEnd();
        weir.WaitForExit();
        if (weir.ExitCode != 0)
        {
            throw new InvalidOperationException($"weir analyze ended with {weir.ExitCode}: {said}");
        }

        double[] told =
        [
            .. File.ReadAllText(spent).Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)),
        ];
        scores.AtLeast(
            "packets", "weir analyze, packets a second of processor time",
            Rate(TimeSpan.FromSeconds(told[0] + told[1])), "M", 1);
        scores.AtLeast("packets", "peak memory of weir analyze", told[2] / 1e3, "MB");
    }

    private static double Rate(TimeSpan spent) => Packets / spent.TotalSeconds / 1e6;

    /// <summary>Conversations come and go; each packet is of one of those that stand, few of them busy.</summary>
    private static void Write(string path)
    {
        using var to = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
        Span<byte> head = stackalloc byte[24];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], 0x0004_0002);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 1);
        to.Write(head);
        var random = new Random(7);
        var standing = new (uint Line, uint Server, ushort Port, bool Name)[Conversations];
        foreach (ref var one in standing.AsSpan())
        {
            one = Begin(random);
        }

        var record = new byte[16 + 1_514];
        for (var i = 0; i < Packets; i++)
        {
            var busy = random.NextDouble();
            var at = (int)(busy * busy * busy * Conversations);
            ref var one = ref standing[at];
            if (random.Next(24) == 0)
            {
                one = Begin(random);
            }

            var octets = one.Name ? random.Next(60, 180)
                : random.Next(4) switch { 0 => 1_514, 1 => random.Next(60, 1_514), _ => 60 };
            Frame(record, StartMs + (i / PacketsPerMs), octets, one, outward: random.Next(2) == 0);
            to.Write(record.AsSpan(0, 16 + octets));
        }
    }

    private static (uint Line, uint Server, ushort Port, bool Name) Begin(Random random) => (
        0x0A00_0000u + (uint)random.Next(4_096), 0x2E00_0000u + (uint)random.Next(20_000),
        (ushort)random.Next(32_768, 61_000), random.Next(4) == 0);

    private static void Frame(
        Span<byte> record, long atMs, int octets, (uint Line, uint Server, ushort Port, bool Name) one, bool outward)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(atMs / 1_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(atMs % 1_000 * 1_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)octets);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)octets);
        var frame = record[16..];
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
        var ip = frame[14..];
        (ip[0], ip[8], ip[9]) = (0x45, 64, one.Name ? (byte)17 : (byte)6);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(octets - 14));
        var (source, destination) = outward ? (one.Line, one.Server) : (one.Server, one.Line);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination);
        var service = one.Name ? (ushort)53 : (ushort)443;
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], outward ? one.Port : service);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], outward ? service : one.Port);
        ip[33] = 0x10;
    }

    private struct NoDatagrams : IDatagramHandler
    {
        public readonly void OnDatagram(
            ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
            throw new InvalidOperationException("the capture holds no exports");
    }

    private struct Counting : IFlowVisitor
    {
        public long Flows;

        public void OnFlow(in FlowRecord flow) => Flows++;

        public readonly void OnMessage(in ExportHeader header)
        {
        }

        public readonly void OnSampling(in SamplingAnnouncement sampling)
        {
        }

        public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
        {
        }

        public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => false;

        public readonly void OnIgnored(IgnoredReason what)
        {
        }

        public readonly void OnMalformed(in Malformed fault)
        {
        }

        public readonly void OnMessageEnd(uint sequenceUnits)
        {
        }
    }
}
