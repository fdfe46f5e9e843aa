// SPDX-License-Identifier: Apache-2.0
//
// nfdump's own files are read by nfdump itself, for their layout belongs to it. Of its outputs the csv changes between
// versions and has whole seconds only; a format of our own asks for the same fields in 1.6 and 1.7, with epoch times in
// milliseconds. The out counters are not asked for: see FlowColumn.OutPackets.
using System.Text;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Reads nfdump files through the nfdump program.</summary>
internal static class NfdumpFile
{
    private const string Fields = "%tsr,%td,%pr,%sa,%sp,%da,%dp,%flg,%ipkt,%ibyt,%in,%out";
    private const string Heading = "tsr,td,pr,sa,sp,da,dp,flg,ipkt,ibyt,in,out";

    /// <summary>Magic 0xA50C in either byte order and a layout version of 1 or 2.</summary>
    public static bool IsOne(OctetWindow window) =>
        window.TryFill(4) && window.Rest[..4] is [0x0C, 0xA5, 1 or 2, 0] or [0xA5, 0x0C, 0, 1 or 2];

    public static OctetWindow Open(string named, string path, InputOptions options)
    {
        var child = ChildProcess.Start(
            options.Nfdump,
            ["-q", "-N", "-6", "-r", Path.GetFullPath(path), "-o", "fmt:" + Fields],
            $"{named} is an nfdump file",
            "install nfdump (Debian: apt install nfdump) or export it to csv where it is");
        return new(new(child.Output, true, child));
    }

    public static DetectedFormat Recognise()
    {
        _ = FlowTable.TryCreate(
            Encoding.ASCII.GetBytes(Heading), 0, new Dictionary<string, FlowColumn>(), out var table, out _);
        return new(InputKind.Flows, "nfdump", Table: table);
    }
}
