// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Wire;

namespace Weir.EndToEnd.Processes;

/// <summary>Half an hour of the mail's two lines among others, told by NetFlow v5, and every datagram taken apart: what
/// lines send is told by one router, what they get by another.</summary>
internal sealed class SplitTraffic : IDatagramSink
{
    /// <summary>Flow time that goes out together.</summary>
    public const int StepMs = 20_000;

    private const int Head = 24;
    private const int Record = 48;

    private readonly SortedDictionary<long, (List<byte[]> Out, List<byte[]> In)> _steps = [];
    private readonly uint[] _sequences = new uint[2];
    private readonly Prefix[] _networks;

    private SplitTraffic(Prefix[] networks) => _networks = networks;

    /// <summary>The provider's networks.</summary>
    public IReadOnlyList<Prefix> Networks => _networks;

    public required IReadOnlyList<string> Watchlist { get; init; }

    /// <summary>Datagrams of each step, in order: what lines send, and what they get.</summary>
    public IReadOnlyList<(List<byte[]> Out, List<byte[]> In)> Steps => [.. _steps.Values];

    /// <summary>Makes the traffic.</summary>
    /// <param name="start">Its begin.</param>
    public static SplitTraffic Make(DateTimeOffset start)
    {
        var simulation = new Simulation(new LabOptions
        {
            Scenario = LabScenario.Mail, Subscribers = 400, Seconds = 1_800, Bots = 20, Nets = 2, ListEntries = 20,
            Protocol = ExportProtocol.NetFlow5, Exporters = 1, Seed = 11, Flows = 30_000,
            StartMs = start.ToUnixTimeMilliseconds(),
        });
        var traffic = new SplitTraffic([.. simulation.Networks.Where(network => network.IsV4)])
        {
            Watchlist = simulation.Watchlist(),
        };
        _ = simulation.Run(traffic);
        return traffic;
    }

    /// <summary>Flows of a datagram.</summary>
    public static int FlowsOf(byte[] datagram) => BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2));

    public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
    {
        if (!_steps.TryGetValue(atMs / StepMs, out var step))
        {
            _steps[atMs / StepMs] = step = ([], []);
        }

        foreach (var (side, into) in ((int, List<byte[]>)[])[(0, step.Out), (1, step.In)])
        {
            var records = new List<byte>();
            for (var at = Head; at < payload.Length; at += Record)
            {
                var record = payload.Slice(at, Record);
                var isOut = Array.Exists(
                    _networks, Holds(IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(record))));
                if (isOut == (side == 0))
                {
                    records.AddRange(record);
                }
            }

            if (records.Count > 0)
            {
                byte[] datagram = [.. payload[..Head], .. records];
                var flows = (ushort)(records.Count / Record);
                BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), flows);
                BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(16), _sequences[side]);
                datagram[21] = (byte)(side + 1); // another engine
                _sequences[side] += flows;
                into.Add(datagram);
            }
        }
    }

    private static Predicate<Prefix> Holds(IpKey address) => network => network.Contains(address);
}
