// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Exports;

namespace Weir.Tests.House;

/// <summary>A protocol is a folder of Weir.Wire, a row of the catalogue and two calls: what is behind decoding asks the
/// row, and names none.</summary>
public partial class ProtocolTests
{
    /// <summary>Who may name a protocol: its decoder, the catalogue, who calls decoders, and who simulates exporters.
    /// </summary>
    private static readonly string[] May =
    [
        "src/Weir.Wire/", "src/Weir.Cli/Commands/Lab/LabArguments.cs", "src/Weir.Cli/SelfTesting/SelfTestRunner.cs",
    ];

    [Fact]
    public void Nobody_behind_decoding_names_a_protocol()
    {
        var named = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(RepositoryRoot.Path, file), Text: File.ReadAllText(file)))
            .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal)
                && !May.Any(one => file.Path.StartsWith(one, StringComparison.Ordinal)))
            .SelectMany(file => Named().Matches(file.Text).Select(found => $"{file.Path}: {found.Value}"))
            .Order(StringComparer.Ordinal);
        Assert.Equal(["src/Weir.Collector/Collecting/Files/FormatDetection.cs: ExportProtocol.Ipfix",
            "src/Weir.Collector/Collecting/Files/FormatDetection.cs: ExportProtocol.Ipfix"], named);
    }

    [Fact]
    public void Every_protocol_has_a_row_of_its_own_and_a_port()
    {
        foreach (var protocol in Enum.GetValues<ExportProtocol>())
        {
            Assert.Equal(protocol, ExportProtocols.Traits(protocol).Protocol);
        }

        Assert.Equal(Enum.GetValues<ExportProtocol>()[1..], ExportProtocols.All.Select(one => one.Protocol));
        Assert.All(ExportProtocols.All, one => Assert.NotEmpty(one.UsualPorts));
    }

    [Fact]
    public void What_begins_like_a_protocol_is_what_is_found_in_a_capture() =>
        Assert.All(Enumerable.Range(0, 1 << 16), first =>
        {
            byte[] octets = [(byte)(first >> 8), (byte)first, 0, 5, 0, 0, 0, 1, .. new byte[56]];
            var found = ExportFraming.Detect(octets);
            Assert.True(found == ExportProtocol.Unknown || found == ExportProtocols.Detect(octets), $"{first}: {found}");
        });

    [GeneratedRegex(@"\bExportProtocol\.(?!Unknown\b)\w+")]
    private static partial Regex Named();
}
