// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.EndToEnd.Namespaces;

/// <summary>A C&amp;C on a host that many use is not blocked by address, and who asked reads how many it would hit, no
/// finer than the rules allow.</summary>
public sealed class SharedHostTests : IDisposable
{
    private const string Shared = "203.0.113.9";
    private const string Small = "203.0.113.30";
    private const ushort WebPort = 443;
    private const int Users = 43;
    private const int Few = 7;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_shared_host_is_refused_with_a_coarse_count_and_its_one_port_is_not()
    {
        var place = ServeFixture.MakeOwn(
            _folder, [NamespaceTopology.Provider4], [$"{Shared}:4443", $"{Small}:4443"],
            "", "us-provider", (Environment.UserName, "analyst"));
        await using var weir = await RunningWeir.StartAsync(place);
        using (var socket = new UdpClient(AddressFamily.InterNetwork))
        {
            foreach (var lines in Enumerable.Range(1, Users).Select(line => (Line: line, To: Shared))
                .Concat(Enumerable.Range(1, Few).Select(line => (Line: line, To: Small))).Chunk(25))
            {
                _ = await socket.SendAsync(Datagram(lines), new IPEndPoint(IPAddress.Loopback, place.Flows));
            }
        }

        await weir.SettledAsync(Users + Few);

        var refused = await PlanAsync(place, $"blackhole {Shared}");
        Assert.Equal(1, refused.ExitCode);
        // Outside the lab a figure carries noise; what is refused is decided without.
        Assert.Matches(
            "would hit (3|4|5)[05] subjects who are not infected; above 5 nothing is blocked by address", refused.Error);
        var few = await PlanAsync(place, $"blackhole {Small}");
        Assert.Equal(1, few.ExitCode);
        Assert.Matches("would hit (<10|10|15|20) subjects", few.Error);
        Assert.Equal(2, AuditReader.Entries(place.Audit)
            .Count(e => e.Entry is { Act: AuditActions.Block, Outcome: "collateral" }));

        var port = await PlanAsync(place, $"flowspec {Shared} tcp 4443 discard");
        Assert.True(port.ExitCode == 0, port.Error);
        var row = Assert.Single(JsonDocument.Parse(port.Out).RootElement.EnumerateArray());
        Assert.Matches("^(<10|10|15|20) of (3|4|5)[05] subjects$", row.GetProperty("collateral").GetString()!);
        Console.WriteLine($"{Users} lines use {Shared}: {refused.Error.Trim()}");
    }

    private static Task<WeirResult> PlanAsync(ServeFixture place, string target) => WeirProcess.RunAsync(
        "block", "plan", target, "--threat", "a command server", "--necessity", "customers are steered from it",
        "--alternatives", "mail, not answered", "--socket", place.Control, "-o", "json");

    /// <summary>NetFlow v5: each line sent a web server something a moment ago.</summary>
    private static byte[] Datagram((int Line, string To)[] lines)
    {
        const int Header = 24;
        const int Record = 48;
        var datagram = new byte[Header + (lines.Length * Record)];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, 5);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)lines.Length);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), 60_000); // up for a minute
        BinaryPrimitives.WriteUInt32BigEndian(
            datagram.AsSpan(8), (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        foreach (var (i, (line, to)) in lines.Index())
        {
            var record = datagram.AsSpan(Header + (i * Record));
            _ = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"198.51.100.{line}"))
                .TryWriteBytes(record, out _);
            _ = IPAddress.Parse(to).TryWriteBytes(record[4..], out _);
            BinaryPrimitives.WriteUInt32BigEndian(record[16..], 9); // packets
            BinaryPrimitives.WriteUInt32BigEndian(record[20..], 900);
            BinaryPrimitives.WriteUInt32BigEndian(record[24..], 50_000);
            BinaryPrimitives.WriteUInt32BigEndian(record[28..], 51_000);
            BinaryPrimitives.WriteUInt16BigEndian(record[32..], 40_000);
            BinaryPrimitives.WriteUInt16BigEndian(record[34..], WebPort);
            (record[37], record[38]) = (0x1b, 6); // SYN FIN PSH ACK of TCP
        }

        return datagram;
    }
}
