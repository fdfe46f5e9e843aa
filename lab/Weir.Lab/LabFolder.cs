// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Lab;

/// <summary>The files of a run: export.pcap, truth.json, watchlist.txt, networks.txt and, where there is one,
/// allow.txt; for a scenario records.csv.</summary>
public static class LabFolder
{
    public const string Capture = "export.pcap";

    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The port a protocol is usually exported to.</summary>
    public static ushort UsualPort(ExportProtocol protocol) =>
        (ushort)ExportProtocols.Traits(protocol).UsualPorts[0];

    /// <summary>Runs into a capture file and writes what belongs beside it.</summary>
    public static Truth Write(
        string folder, LabOptions options, Action<double>? progress = null, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(folder);
        var simulation = new Simulation(options);
        using var sink = PcapSink.Create(
            Path.Combine(folder, Capture), IpKey.FromV4(0xC000_0201), UsualPort(options.Protocol));
        return Run(folder, simulation, sink, progress, cancel);
    }

    /// <summary>Runs into a sink and writes what belongs beside it, the lists before the first datagram.</summary>
    public static Truth Run(
        string folder, Simulation simulation, IDatagramSink sink, Action<double>? progress = null,
        CancellationToken cancel = default)
    {
        WriteLists(folder, simulation);
        using var records = simulation.RecordsIn(folder);
        var truth = simulation.Run(sink, null, records, progress, cancel);
        WriteTruth(folder, truth);
        return truth;
    }

    /// <summary>What a collector needs before the first datagram: networks, list, allow-list.</summary>
    public static void WriteLists(string folder, Simulation simulation)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(
            Path.Combine(folder, "networks.txt"), simulation.Networks.Select(network => network.ToString()));
        File.WriteAllLines(Path.Combine(folder, "watchlist.txt"), simulation.Watchlist());
        var allow = simulation.AllowList();
        if (allow.Count > 0)
        {
            File.WriteAllLines(Path.Combine(folder, "allow.txt"), allow);
        }
    }

    /// <summary>Throws <see cref="JsonException"/> where the text is not a truth.</summary>
    public static Truth ReadTruth(string json) =>
        JsonSerializer.Deserialize<Truth>(json, Json) ?? throw new JsonException("an empty document is not a truth");

    public static void WriteTruth(string folder, Truth truth) =>
        File.WriteAllText(Path.Combine(folder, "truth.json"), JsonSerializer.Serialize(truth, Json) + "\n");
}
