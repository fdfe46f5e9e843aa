// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Analysis;
using Weir.Collector;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Cli.Analysis;

/// <summary>What <c>weir analyze</c> makes of its arguments before it reads anything.</summary>
public sealed class ArgumentsTests
{
    private static string Fault(Action act)
    {
        var fault = Assert.Throws<OperatorException>(act);
        Assert.Equal(ExitCode.BadArguments, fault.ExitCode);
        return fault.Message;
    }

    private static IpKey Address(string text) =>
        IpKey.TryParse(text, out var address) ? address : throw new FormatException(text);

    [Fact]
    public void Networks_come_from_the_argument_or_a_file_with_comments()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "# ours\n10.0.0.0/8\n\n2001:db8::/32 # and this\n");
        foreach (var text in (string[])["10.0.0.0/8,2001:db8::/32", "@" + file])
        {
            var networks = AnalysisArguments.Networks(text, "10.9.0.0/16", 56);
            Assert.False(networks.Find(Address("10.1.2.3"))!.Excluded);
            Assert.True(networks.Find(Address("10.9.2.3"))!.Excluded);
            Assert.Equal(56, networks.Find(Address("2001:db8::1"))!.SubjectLength);
            Assert.Null(networks.Find(Address("192.0.2.1")));
        }

        File.Delete(file);
    }

    [Fact]
    public void A_network_that_is_none_is_named_with_its_place_and_the_mend()
    {
        Assert.Equal("--networks, entry 2: '192.0.2.1/24' is not a network; did you mean 192.0.2.0/24?", Fault(() =>
            AnalysisArguments.Networks("10.0.0.0/8,192.0.2.1/24", null, 64)));
        Assert.StartsWith(
            "--exclude, entry 1: 'lan' is not a network; write",
            Fault(() => AnalysisArguments.Networks("10.0.0.0/8", "lan", 64)), StringComparison.Ordinal);
        Assert.StartsWith(
            "--networks names no network", Fault(() => AnalysisArguments.Networks(" , #x", null, 64)),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "--ipv6-subject-length 129", Fault(() => AnalysisArguments.Networks("10.0.0.0/8", null, 129)),
            StringComparison.Ordinal);
        Assert.Equal(
            ExitCode.Unreadable,
            Assert.Throws<OperatorException>(() => AnalysisArguments.Networks("@/nowhere/networks", null, 64)).ExitCode);
    }

    [Fact]
    public void A_window_holds_its_first_millisecond_and_not_its_last()
    {
        var window = AnalysisArguments.Window("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z");
        Assert.Equal((false, true, true, false), (
            window.Contains(999), window.Contains(1_000), window.Contains(1_999), window.Contains(2_000)));
        Assert.True(AnalysisArguments.Window(null, null).Contains(long.MinValue));
        Assert.Contains(
            "is not before", Fault(() => AnalysisArguments.Window("2026-01-01", "2026-01-01")), StringComparison.Ordinal);
        Assert.StartsWith(
            "--until 'soon' is not a time", Fault(() => AnalysisArguments.Window(null, "soon")), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_mapped_by_meaning()
    {
        Assert.Empty(ColumnMapping.Parse(null));
        Assert.Equal(new Dictionary<string, string> { ["source"] = "Src IP", ["packets"] = "n=1" }, ColumnMapping.Parse(
            "source=Src IP, packets = n=1"));
        Assert.StartsWith(
            "--columns 'source' is not MEANING=HEADER", Fault(() => ColumnMapping.Parse("source")),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "--columns 'colour' is no meaning", Fault(() => ColumnMapping.Parse("colour=x")), StringComparison.Ordinal);
        Assert.Equal("--columns names source twice; keep one", Fault(() => ColumnMapping.Parse("source=a,source=b")));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_found_before_the_work()
    {
        var file = Path.GetTempFileName();
        Assert.Contains(
            $"{file} is no folder", Fault(() => OutputFolder.Check(Path.Combine(file, "a", "b"))),
            StringComparison.Ordinal);
        OutputFolder.Check(Path.Combine(Path.GetTempPath(), "not", "there", "yet"));
        File.Delete(file);
    }
}
