// SPDX-License-Identifier: Apache-2.0
//
// records.csv: every record that was exported of the lines a scenario is about, so that what a collector keeps of them
// can be compared row by row. A record of both directions is one row. Times are milliseconds since the UNIX epoch, UTC,
// as IPFIX and NetFlow v5 carry them; NetFlow v9 tells its clock in whole seconds, so what is read from it is up to a
// second early.
using System.Globalization;
using Weir.Lab.Population;
using Weir.Lab.Traffic;
using Weir.Wire;

namespace Weir.Lab.Telling;

/// <summary>One exported record, seen from the subscriber.</summary>
/// <param name="Line">A or B.</param>
/// <param name="Subject">The subscriber's address.</param>
/// <param name="StartMs">First packet.</param>
/// <param name="EndMs">Last packet.</param>
/// <param name="Direction">out, in or both.</param>
/// <param name="Protocol">IANA number.</param>
/// <param name="Remote">Remote address.</param>
/// <param name="RemotePort">Remote port.</param>
/// <param name="SubjectPort">The subscriber's port.</param>
/// <param name="PacketsOut">As exported.</param>
/// <param name="PacketsIn">As exported.</param>
/// <param name="OctetsOut">As exported.</param>
/// <param name="OctetsIn">As exported.</param>
/// <param name="FlagsOut">TCP control bits.</param>
/// <param name="FlagsIn">TCP control bits.</param>
/// <param name="Attack">Rule of the attack it belongs to, or empty.</param>
public sealed record LabRecord(
    string Line, IpKey Subject, long StartMs, long EndMs, string Direction, byte Protocol, IpKey Remote,
    ushort RemotePort, ushort SubjectPort, ulong PacketsOut, ulong PacketsIn, ulong OctetsOut, ulong OctetsIn,
    byte FlagsOut, byte FlagsIn, string Attack);

/// <summary>Writes and reads records.csv.</summary>
public sealed class LabRecords : IDisposable
{
    public const string FileName = "records.csv";

    private const string Header =
        "line,subject,start_ms,end_ms,direction,protocol,remote,remote_port,subject_port,packets_out,packets_in,octets_out,octets_in,flags_out,flags_in,attack";

    private readonly StreamWriter _file;
    private readonly Population.World _world;
    private readonly (int First, int Second) _lines;

    internal LabRecords(string path, Population.World world, (int First, int Second) lines)
    {
        (_world, _lines) = (world, lines);
        _file = new StreamWriter(path) { NewLine = "\n" };
        _file.WriteLine(Header);
    }

    /// <summary>Reads a file of rows. Throws <see cref="FormatException"/> where it is none, naming the line.</summary>
    public static IReadOnlyList<LabRecord> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return lines.Length > 0 && lines[0] == Header
            ? [.. lines.Skip(1).Select((line, i) =>
                Parse(line.Split(',')) ?? throw new FormatException($"{path}:{i + 2}: not a row of records"))]
            : throw new FormatException($"{path}:1: the header is not that of records");
    }

    public void Dispose() => _file.Dispose();

    internal void Add(in PendingRecord told, IReadOnlyList<Attack> attacks)
    {
        if (told.Subscriber != _lines.First && told.Subscriber != _lines.Second)
        {
            return;
        }

        ref readonly var record = ref told.Record;
        var back = record.ReversePackets > 0;
        var (subjectPort, remotePort) =
            told.Outbound ? (record.SourcePort, record.DestinationPort) : (record.DestinationPort, record.SourcePort);
        var forward = (record.Packets, record.Octets, record.TcpFlags);
        var reverse = (record.ReversePackets, record.ReverseOctets, record.ReverseTcpFlags);
        var (sent, received) = told.Outbound ? (forward, reverse) : (reverse, forward);
        _file.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(told.Subscriber == _lines.First ? 'A' : 'B')},{_world.Subject(told.Subscriber)},{record.StartMs},{record.EndMs},{(back ? "both" : told.Outbound ? "out" : "in")},{record.Protocol},{(told.Outbound ? record.Destination : record.Source)},{remotePort},{subjectPort},{sent.Item1},{received.Item1},{sent.Item2},{received.Item2},{sent.Item3},{received.Item3},{(told.Attack == 0 ? "" : attacks[told.Attack - 1].Rule)}"));
    }

    private static LabRecord? Parse(string[] f)
    {
        static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        try
        {
            return f.Length != 16 ? null : new(
                f[0], IpKey.Parse(f[1]), (long)Number(f[2]), (long)Number(f[3]), f[4], (byte)Number(f[5]),
                IpKey.Parse(f[6]), (ushort)Number(f[7]), (ushort)Number(f[8]), Number(f[9]), Number(f[10]),
                Number(f[11]), Number(f[12]), (byte)Number(f[13]), (byte)Number(f[14]), f[15]);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            return null;
        }
    }
}
