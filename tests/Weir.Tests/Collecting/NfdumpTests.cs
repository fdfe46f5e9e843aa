// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Tests.Files;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Collecting;

/// <summary>A file that nfcapd wrote of our own replay reads with the totals that were put in.</summary>
public sealed class NfdumpTests
{
    private const int Messages = 40;
    private const int Records = 25;

    /// <summary>Version 5 records with counters, times, ports and flags that differ.</summary>
    private static byte[] Message(int number)
    {
        var message = Bytes.V5(Records, (byte)number);
        Bytes.Join(Bytes.U32(3_600_000), Bytes.U32(1_700_000_000), Bytes.U32(0), Bytes.U32((uint)(number * Records)))
            .CopyTo(message, 4);
        for (var i = 0; i < Records; i++)
        {
            var record = message.AsSpan(24 + (i * 48), 48);
            new byte[] { 198, 51, 100, (byte)i }.CopyTo(record[4..]);
            Bytes.Join(
                Bytes.U16(3), Bytes.U16(4), Bytes.U32((uint)(i + 1)), Bytes.U32((uint)(1_000 + number)),
                Bytes.U32(3_000_000), Bytes.U32(3_001_250), Bytes.U16(1024 + i), Bytes.U16(443))
                .CopyTo(record[12..]);
            record[37] = 0x1B;
            record[38] = 6;
        }

        return message;
    }

    [Fact]
    public async Task A_file_of_nfcapd_reads_with_the_totals_put_in()
    {
        var folder = Directory.CreateTempSubdirectory("weir-test-");
        try
        {
            var path = await Record(folder.FullName);
            var (flows, file) = Scratch.Flows(path);
            Assert.Equal(("nfdump", Messages * Records, false), (file.Format, flows.Count, file.Losses.Any));
            Assert.Equal(Messages * Records * (Records + 1) / 2, flows.Sum(flow => (long)flow.Packets));
            Assert.Equal(Records * Enumerable.Range(0, Messages).Sum(number => 1_000L + number), flows.Sum(flow =>
                (long)flow.Octets));

            var first = flows.Single(flow => flow.Source == IpKey.Parse("10.0.0.3"));
            Assert.Equal((IpKey.Parse("198.51.100.3"), (ushort)1027, (ushort)443, (byte)6, (byte)0x1B, 3u, 4u), (
                first.Destination, first.SourcePort, first.DestinationPort, first.Protocol, first.TcpFlags,
                first.InputInterface, first.OutputInterface));
            Assert.Equal((1_700_000_000_000 - 600_000, 1_250L, FlowTraits.FlagsKnown), (
                first.StartMs, first.EndMs - first.StartMs, first.Traits));

            using var packed = new Scratch(Packed(File.ReadAllBytes(path)));
            Assert.Equal(flows, Scratch.Flows(packed.Path).Flows);

            using var cut = new Scratch(File.ReadAllBytes(path).AsSpan(0, 20_000));
            var (_, damaged) = Scratch.Flows(cut.Path);
            Assert.True(damaged.Losses.DamagedAt is not null && damaged.Losses.Damage.Length > 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static async Task<string> Record(string folder)
    {
        Need.Programs("nfcapd", "nfdump");
        int port;
        using (var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            port = ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
        }

        using (var collector = Process.Start(
            new ProcessStartInfo("nfcapd", ["-w", folder, "-p", $"{port}", "-b", "127.0.0.1", "-t", "3600"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true
            })!)
        {
            // It says "Startup." in its log when its socket is bound.
            while (await collector.StandardError.ReadLineAsync() is { } line
                && !line.Contains("Startup", StringComparison.Ordinal))
            {
            }

            using var capture = new Scratch(Bytes.Join([.. Enumerable.Range(0, Messages).Select(Message)]));
            var sent = await Replayer.RunAsync(
                new(capture.Path, new(IPAddress.Loopback, port)) { PacketsPerSecond = 2_000 }, TimeProvider.System,
                CancellationToken.None);
            Assert.Equal(Messages, sent.Sent);
            await Until.UdpIsReadAsync(port);
            using var stop = Process.Start("kill", ["-TERM", $"{collector.Id}"]);
            _ = collector.StandardError.ReadToEndAsync();
            await collector.WaitForExitAsync();
        }

        return Directory.GetFiles(folder, "nfcapd.2*").Single();
    }
}
