// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>Lists that are small on disk and large in memory: read or refused within 200 MiB, whatever they are.
/// </summary>
public sealed class ListBombTests : IDisposable
{
    /// <summary>In hexadecimal, as .NET wants it: a process that needs more ends with 134.</summary>
    private static readonly (string, string)[] _heap = [("DOTNET_GCHeapHardLimit", "C800000")];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ten_gibibytes_of_nothing_are_refused_early() =>
        await RefusedAsync(Packed("", new string('\0', 1 << 20), 10 << 10), "is binary and not a list");

    [Fact]
    public async Task A_line_of_a_hundred_mebibytes_is_refused_and_the_next_is_read()
    {
        var path = Packed("", new string('a', 1 << 20), 100, "\n198.51.100.7\n");
        var read = await WeirProcess.RunAsync(_heap, ["watchlist", "list", "--watchlist", path, "-o", "json"]);
        Assert.True(read.ExitCode == 0, read.Error);
        Assert.Contains("\"refused\":1", read.Out.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"bundle\",\"objects\":[", """
        {"type":"indicator","id":"indicator--a","pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.7']"},
        """)]
    [InlineData("{\"a\":\"", "aaaaaaaaaaaaaaaa")]
    [InlineData("", "198.51.100.7\n")]
    public async Task A_list_of_the_same_again_and_again_is_refused_within_bounds(string start, string again) =>
        await RefusedAsync(Packed(start, string.Concat(Enumerable.Repeat(again, (1 << 20) / again.Length)), 100), "");

    /// <summary>Every one another, so that nothing of them is shared.</summary>
    [Theory]
    [InlineData(1_700_000, 0)]
    [InlineData(2_500_000, 3)]
    public async Task A_list_of_millions_is_read_whole_or_refused(int entries, int exitCode)
    {
        var path = _folder.At("many.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, entries).Select(
            i => FormattableString.Invariant($"46.{(i >> 16) & 255}.{(i >> 8) & 255}.{i & 255}:443")));
        var read = await WeirProcess.RunAsync(_heap, ["watchlist", "list", "--watchlist", path, "-o", "json"]);
        Assert.True(read.ExitCode == exitCode, $"{read.ExitCode}: {read.Error}");
        Assert.Contains(
            exitCode == 0 ? FormattableString.Invariant($"\"entries\":{entries}") : "holds more than",
            (read.Out + read.Error).Replace("\": ", "\":", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string path, string why)
    {
        var refused = await WeirProcess.RunAsync(_heap, ["watchlist", "list", "--watchlist", path]);
        Assert.True(refused.ExitCode == 3, $"{refused.ExitCode}: {refused.Error}");
        Assert.Contains(why, refused.Error, StringComparison.Ordinal);
    }

    /// <summary>A file of gzip members, which unpack one behind the other: the block is packed once.</summary>
    private string Packed(string start, string block, int times, string end = "")
    {
        var path = _folder.At("list.gz");
        using var file = File.Create(path);
        file.Write(Member(start));
        var packed = Member(block);
        for (var time = 0; time < times; time++)
        {
            file.Write(packed);
        }

        file.Write(Member(end));
        return path;
    }

    private static byte[] Member(string text)
    {
        using var octets = new MemoryStream();
        using (var packed = new GZipStream(octets, CompressionLevel.Fastest))
        {
            packed.Write(Encoding.ASCII.GetBytes(text));
        }

        return octets.ToArray();
    }
}
