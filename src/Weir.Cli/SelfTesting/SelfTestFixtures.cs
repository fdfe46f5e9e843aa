// SPDX-License-Identifier: Apache-2.0
//
// What a simulation has no use for: contacts of one kind each, damaged datagrams, data whose template never comes. All
// of it is made here, octet by octet through the simulator's encoder, so that what must come out is known exactly.
using System.Buffers.Binary;
using Weir.Lab.Export;
using Weir.Wire;

namespace Weir.Cli.SelfTesting;

/// <summary>A capture of a few labelled conversations and the lists that judge them.</summary>
internal static class SelfTestFixtures
{
    /// <summary>The network of its subjects.</summary>
    public const string Network = "203.0.113.0/24";

    public const string Infected = "203.0.113.1";
    public const string Attempting = "203.0.113.2";
    public const string Listed = "39.255.255.1";
    public const string Unanswering = "39.255.255.2";
    public const string Allowed = "39.255.255.3";
    public const string Expired = "39.255.255.4";

    public const int DamagedDatagrams = 3;
    public const int SetsWithoutTemplate = 2;
    public const int StrayPayloads = 1;
    public const int ForeignFlows = 1;
    public const int InternalFlows = 1;

    private const byte Tcp = 6;
    private const byte Syn = 2;
    private const byte Talking = 0x1A;
    private const int HeaderOctets = 20;

    /// <summary>The list: one entry of it ended before the flows, one is allowed by
    /// <see cref="WriteAllowList"/>.</summary>
    public static void WriteList(string path) => File.WriteAllLines(path,
    [
        "ip,port,expires",
        $"{Listed},443,",
        $"{Unanswering},443,",
        $"{Allowed},443,",
        $"{Expired},443,2020-01-01T00:00:00Z",
    ]);

    public static void WriteAllowList(string path) => File.WriteAllLines(path, [Allowed]);

    /// <summary>Writes the capture; the flows lie in the first minute after <paramref name="startMs"/>.</summary>
    public static void WriteCapture(string path, long startMs)
    {
        var router = new Exporter(IpKey.FromV4(0xC000_0263), 99, startMs - 86_400_000);
        var shelf = new DatagramBuffer();
        var encoder = new NetFlow9Encoder(router, new EncoderOptions(), shelf);
        foreach (var flow in Flows(startMs))
        {
            encoder.Add(flow, startMs + 60_000);
        }

        encoder.Flush(startMs + 61_000);
        using var capture = PcapSink.Create(path, IpKey.FromV4(0xC000_0201), 2055);
        foreach (var payload in (IEnumerable<byte[]>)[
            .. shelf.Payloads, .. Damaged(), WithoutTemplate(), [1, 2, 3, 4, 5]])
        {
            capture.Send(router, startMs + 62_000, payload);
        }
    }

    private static IEnumerable<FlowRecord> Flows(long startMs)
    {
        foreach (var (subject, remote) in ((string, string)[])[
            (Infected, Listed), ("203.0.113.3", Allowed), ("203.0.113.4", Expired)])
        {
            yield return Record((subject, 50_000), (remote, 443), Talking, 9, startMs);
            yield return Record((remote, 443), (subject, 50_000), Talking, 8, startMs);
        }

        yield return Record((Attempting, 50_001), (Unanswering, 443), Syn, 3, startMs);
        yield return Record(("198.51.100.1", 50_002), ("198.51.100.2", 80), Talking, 5, startMs);
        yield return Record(("203.0.113.5", 50_003), ("203.0.113.6", 80), Talking, 5, startMs);
    }

    private static FlowRecord Record(
        (string Address, ushort Port) source, (string Address, ushort Port) destination, byte flags, ulong packets,
        long startMs) =>
        new()
        {
            Source = Address(source.Address),
            SourcePort = source.Port,
            Destination = Address(destination.Address),
            DestinationPort = destination.Port,
            Protocol = Tcp,
            TcpFlags = flags,
            Traits = FlowTraits.FlagsKnown,
            Packets = packets,
            Octets = packets * 100,
            StartMs = startMs + 1_000,
            EndMs = startMs + 9_000,
        };

    /// <summary>A good template, and behind it a set that says it is longer than the datagram, one that says it has no
    /// length, a template with more fields than octets.</summary>
    private static IEnumerable<byte[]> Damaged() =>
    [
        Datagram([0, 12, 500, 1, 1, 4, 500, 60_000]),
        Datagram([0, 12, 500, 1, 1, 4, 500, 0]),
        Datagram([0, 12, 501, 500, 1, 4]),
    ];

    /// <summary>A v9 datagram of data sets that no template describes.</summary>
    private static byte[] WithoutTemplate() =>
        Datagram([.. Enumerable.Range(0, SetsWithoutTemplate).SelectMany(set => (int[])[400 + set, 12, 1, 2, 3, 4])]);

    /// <summary>A v9 header and these words behind it.</summary>
    private static byte[] Datagram(int[] words)
    {
        var octets = new byte[HeaderOctets + (words.Length * 2)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, 9);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(16), 7_777);
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(HeaderOctets + (i * 2)), (ushort)words[i]);
        }

        return octets;
    }

    private static IpKey Address(string text) =>
        IpKey.TryParse(text, out var address) ? address : throw new FormatException(text);
}
