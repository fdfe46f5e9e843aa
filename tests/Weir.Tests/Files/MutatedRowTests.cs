// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck.Xunit;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Tests.Files;

/// <summary>Whatever a row of a flow table holds, it is a flow, none, or refused with a reason: no reader throws.</summary>
public class MutatedRowTests
{
    private static readonly (string Head, string[] Rows)[] _tables =
    [
        (
            "start,source,destination,source_port,destination_port,protocol,packets,octets,tcp_flags",
            [
                "1 /7/2017 3:30,10.0.0.1,1.2.3.4,1000,443,6,10,1000,S",
                "1/7/2017 3:30 PM,10.0.0.1,1.2.3.4,1000,443,tcp,10,1000,.AP.SF",
                "2017-07-07T12:00:00.123+02:00,2001:db8::1,2001:db8::2,1000,443,17,10,1000,0x12",
                "1499428800,10.0.0.1,1.2.3.4,1000,443,6,10,1000,",
            ]),
        (
            "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\thistory\tconn_state",
            ["1545403816.962094\tC\t192.168.1.195\t41040\t185.244.25.235\t80\ttcp\t3.1\t3\t180\t0\t0\tS\tS0"]),
        (
            "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label",
            ["2011/08/10 09:46:59.607825,1.026539,tcp,94.44.127.113,1577,   ->,147.32.84.59,6881,S_RA,0,0,4,276,156,x"]),
    ];

    private const string Json =
        """{"ts":1545403816.962094,"uid":"C","id.orig_h":"192.168.1.195","id.orig_p":41040,"id.resp_h":"185.244.25.235","id.resp_p":80,"proto":"tcp","duration":3.1,"conn_state":"S0","history":"S","orig_pkts":3,"orig_ip_bytes":180,"resp_pkts":0,"resp_ip_bytes":0}""";

    [Property(MaxTest = 3_000, Replay = "1729,1")]
    public void A_mutated_row_is_judged_and_never_thrown_at(int seed)
    {
        var random = new Random(seed);
        foreach (var (head, rows) in _tables)
        {
            Assert.True(FlowTable.TryCreate(
                Encoding.UTF8.GetBytes(head), 0, new Dictionary<string, FlowColumn>(), out var table, out var why), why);
            var rule = "";
            var flow = default(FlowRecord);
            Judged(table.Read(Mutated(rows[random.Next(rows.Length)], random), ref flow, ref rule), flow, rule);
        }

        var json = new ZeekJson(0);
        var (told, record) = ("", default(FlowRecord));
        Judged(json.Read(Mutated(Json, random), ref record, ref told), record, told);
    }

    private static void Judged(FlowRowKind kind, in FlowRecord flow, string rule)
    {
        Assert.True(kind != FlowRowKind.Refused || rule.Length > 0, "refused without a reason");
        Assert.True(kind != FlowRowKind.Flow || (flow.StartMs >= 0 && flow.EndMs >= 0 && flow.EndMs <= FlowCalendar.LatestMs));
    }

    private static byte[] Mutated(string row, Random random)
    {
        var octets = new List<byte>(Encoding.UTF8.GetBytes(row));
        for (var hits = random.Next(1, 6); hits > 0 && octets.Count > 0; hits--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(5))
            {
                case 0:
                    octets.RemoveAt(at);
                    break;
                case 1:
                    octets.Insert(at, (byte)" /:-.,9e"[random.Next(8)]);
                    break;
                case 2:
                    octets.InsertRange(at, Enumerable.Repeat(octets[at], random.Next(1, 40)));
                    break;
                case 3:
                    octets[at] = (byte)random.Next(256);
                    break;
                default:
                    octets.RemoveRange(at, random.Next(octets.Count - at));
                    break;
            }
        }

        octets.RemoveAll(static octet => octet == (byte)'\n');
        return [.. octets];
    }
}
