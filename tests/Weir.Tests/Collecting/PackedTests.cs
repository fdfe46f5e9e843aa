// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using FsCheck.Xunit;
using Weir.Collector.Collecting.Files;
using Weir.Desk.Reporting.Html;
using Weir.Tests.Files;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Tests.Collecting;

/// <summary>Compressed and damaged files: they give what they have and say what they lost.</summary>
public sealed class PackedTests
{
    private const int Rows = 20_000;

    private static readonly byte[] Table = Encoding.ASCII.GetBytes(
        "src,dst,proto,packets\n" + string.Concat(
            Enumerable.Range(0, Rows).Select(i => $"192.0.2.{i % 200},198.51.100.{i * 7 % 251},tcp,{i}\n")));

    private static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] ByProgram(string program, string[] arguments, byte[] content)
    {
        Need.Programs(program);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        })!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(content);
        process.StandardInput.Close();
        reading.Wait();
        process.WaitForExit();
        return output.ToArray();
    }

    [Fact]
    public void Gzip_of_one_and_of_several_members_reads_whole()
    {
        using var one = new Scratch(Gzip(Table));
        using var several = new Scratch(
            Bytes.Join(Gzip(Table.AsSpan(0, 1_000)), Gzip(Table.AsSpan(1_000, 5)), Gzip(Table.AsSpan(1_005))));

        foreach (var scratch in (Scratch[])[one, several])
        {
            var (flows, file) = Scratch.Flows(scratch.Path);
            Assert.Equal((Rows, false, "csv"), (flows.Count, file.Losses.Any, file.Format));
        }
    }

    [Fact]
    public void A_truncated_gzip_gives_the_whole_lines_before_and_says_where_it_broke()
    {
        var packed = Gzip(Table);
        foreach (var part in (double[])[0.3, 0.6, 0.9])
        {
            using var scratch = new Scratch(packed.AsSpan(0, (int)(packed.Length * part)));
            var (flows, file) = Scratch.Flows(scratch.Path);

            Assert.InRange(flows.Count, Rows * (part - 0.2), Rows * (part + 0.1));
            Assert.Equal((ulong)flows.Count - 1, flows[^1].Packets);
            Assert.NotNull(file.Losses.DamagedAt);
            Assert.InRange(file.Losses.DamagedAt.Value, flows.Count * 25, Table.Length);
        }
    }

    [Fact]
    public void A_gzip_damaged_inside_never_throws()
    {
        var packed = Gzip(Table);
        for (var at = packed.Length / 3; at < packed.Length; at += packed.Length / 20)
        {
            var damaged = (byte[])packed.Clone();
            damaged[at] ^= 0x55;
            using var scratch = new Scratch(damaged);
            Assert.NotNull(Scratch.Flows(scratch.Path).File.Losses.DamagedAt);
        }
    }

    [Fact]
    public void A_gzip_damaged_at_its_very_beginning_is_refused_in_one_sentence()
    {
        using var scratch = new Scratch(Gzip(Table).AsSpan(0, 12));
        var said = Assert.Throws<InputException>(() => Scratch.Flows(scratch.Path)).Message;
        Assert.True(said.Contains("take a fresh copy", StringComparison.Ordinal), said);
    }

    [Fact]
    public void Xz_reads_whole_and_a_truncated_one_says_what_xz_says()
    {
        var packed = ByProgram("xz", ["-zc", "-0"], Table);
        using var whole = new Scratch(packed);
        Assert.Equal((Rows, false), (Scratch.Flows(whole.Path).Flows.Count, Scratch.Flows(whole.Path).File.Losses.Any));

        using var cut = new Scratch(packed.AsSpan(0, packed.Length / 2));
        var (flows, file) = Scratch.Flows(cut.Path);
        Assert.InRange(flows.Count, 1, Rows - 1);
        Assert.Equal((ulong)flows.Count - 1, flows[^1].Packets);
        Assert.Contains("Unexpected end of input", file.Losses.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_capture_reads_like_a_plain_one()
    {
        var capture = Bytes.Pcap(
            LinkType.Raw, true, false, [.. Enumerable.Repeat(Bytes.V4(Bytes.Udp(Bytes.V5(28))), 3_000)]);
        using var scratch = new Scratch(Gzip(capture));
        Assert.Equal(3_000, Scratch.Datagrams(scratch.Path).Taken.Count);
    }

    [Fact]
    public void A_missing_program_is_named_with_its_mend()
    {
        using var xz = new Scratch([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 4]);
        using var nfdump = new Scratch([0x0C, 0xA5, 2, 0, 0, 1, 7, 1]);
        var options = new InputOptions { Xz = "no-such-xz", Nfdump = "no-such-nfdump" };

        Assert.Contains(
            "apt install xz-utils", Assert.Throws<InputException>(() => InputFile.Open(xz.Path, options)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "apt install nfdump", Assert.Throws<InputException>(() => InputFile.Open(nfdump.Path, options)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0 }, "zstd")]
    [InlineData(new byte[] { (byte)'B', (byte)'Z', (byte)'h', 9, 0, 0 }, "bzip2")]
    [InlineData(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0 }, "7F454C46")]
    public void What_is_not_read_is_named(byte[] head, string named)
    {
        using var scratch = new Scratch(head);
        Assert.Contains(
            named, Assert.Throws<InputException>(() => InputFile.Open(scratch.Path, InputOptions.Default)).Message,
            StringComparison.Ordinal);
    }

    [Property(MaxTest = 500, Replay = "1729,1")]
    public void Random_octets_behind_any_head_are_read_or_refused_in_one_sentence(byte[] noise, byte which)
    {
        byte[][] heads =
        [
            [], [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0], Bytes.Section(true),
            [0x0A, 0x0D, 0x0D, 0x0A], [0, 5], [0, 9], [0, 10, 0, 40], [0, 0, 0, 5, 0, 0, 0, 1],
            [0x1F, 0x8B, 8, 0], [.. "#fields\t"u8], [.. "{\"id.orig_h\":"u8], [.. "src,dst\n"u8],
        ];
        using var scratch = new Scratch(Bytes.Join(heads[which % heads.Length], noise));
        try
        {
            using var file = InputFile.Open(scratch.Path, InputOptions.Default);
            _ = file.Kind == InputKind.Flows ? Scratch.Flows(scratch.Path).File : Scratch.Datagrams(scratch.Path).File;
        }
        catch (InputException fault)
        {
            Assert.StartsWith(scratch.Path, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_path_that_is_no_file_is_refused_with_its_name()
    {
        Assert.Contains(
            "does not exist",
            Assert.Throws<InputException>(() => InputFile.Open("/nowhere/at/all", InputOptions.Default)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "is a folder",
            Assert.Throws<InputException>(() => InputFile.Open(Path.GetTempPath(), InputOptions.Default)).Message,
            StringComparison.Ordinal);
    }
}
