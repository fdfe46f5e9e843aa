// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Segments;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

public sealed class NativeReaderTests
{
    [Fact]
    public async Task What_is_written_is_read_whatever_the_pieces_it_comes_in()
    {
        var octets = Sample();
        foreach (var piece in new[] { 1, 7, 1_000, int.MaxValue })
        {
            var reader = new NativeReader(new Pieces(octets, piece));
            var block = await reader.ReadAsync(default);
            Assert.Equal(3, block!.Rows);
            Assert.Equal(["", "ü", new string('x', 300)], block["t"].Texts.ToArray());
            Assert.Equal([1.5, -2, double.MaxValue], block["f"].Values<double>().ToArray());
            Assert.Equal(UInt128.MaxValue, block["k"].Key(2));
            Assert.Equal(300, (await reader.ReadAsync(default))!.Rows);
            Assert.Null(await reader.ReadAsync(default));
        }
    }

    [Fact]
    public async Task An_answer_cut_anywhere_is_never_taken_for_a_whole_one()
    {
        var octets = Sample();
        var ends = new List<int>();
        for (var length = 0; length < octets.Length; length++)
        {
            var reader = new NativeReader(new MemoryStream(octets, 0, length));
            try
            {
                while (await reader.ReadAsync(default) is not null)
                {
                }

                ends.Add(length);
            }
            catch (StoreException torn)
            {
                Assert.True(torn.Retryable);
            }
        }

        // Only between two blocks can a cut not be seen here: HTTP's own framing tells it there.
        Assert.Equal(2, ends.Count);
    }

    [Property(Replay = "17,31", MaxTest = 300)]
    public async Task Any_octets_end_in_blocks_or_in_a_store_fault(byte[] octets)
    {
        var reader = new NativeReader(new MemoryStream([1, 1, .. octets ?? []]));
        try
        {
            while (await reader.ReadAsync(default) is not null)
            {
            }
        }
        catch (StoreException fault)
        {
            Assert.NotEmpty(fault.Message);
        }
    }

    [Fact]
    public async Task A_wrong_type_is_told_and_not_read()
    {
        var block = (await new NativeReader(new MemoryStream(Sample())).ReadAsync(default))!;
        Assert.Contains(
            "Float64", Assert.Throws<InvalidOperationException>(() => block["f"].Values<ulong>().Length).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => block["f"].Texts.Length);
        Assert.Throws<InvalidOperationException>(() => block["f"].Key(0));
        Assert.Throws<ArgumentException>(() => block["nowhere"]);
    }

    [Fact]
    public async Task A_type_we_do_not_read_is_named_with_its_column()
    {
        var writer = new NativeWriter();
        writer.Begin(1, 0);
        writer.Column("when"u8, "Nullable(UInt8)"u8, 0);
        var fault = await Assert.ThrowsAsync<StoreException>(
            async () => await new NativeReader(new MemoryStream(writer.Written.ToArray())).ReadAsync(default));
        Assert.Contains("'when' has the type Nullable(UInt8)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_pairs_allocates_nothing_per_row()
    {
        var rows = Pairs.Make(PairBlocks.RowsPerBlock * 4);
        var writer = new NativeWriter(1 << 20);
        PairBlocks.Write(rows, 1, writer, Stream.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        PairBlocks.Write(rows, 1, writer, Stream.Null);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_row_takes_as_many_octets_as_the_spool_reckons_with()
    {
        var rows = Pairs.Make(PairBlocks.RowsPerBlock);
        var head = PairBlocks.Write(rows.AsSpan(0, 1), 1, new NativeWriter(), Stream.Null) - PairBlocks.RowOctets;
        Assert.Equal(head + 1 + ((long)PairBlocks.RowOctets * rows.Length), PairBlocks.Write(
            rows, 1, new NativeWriter(), Stream.Null));
    }

    private static byte[] Sample()
    {
        var writer = new NativeWriter(16);
        writer.Begin(3, 3);
        writer.Texts("t"u8, ["", "ü", new string('x', 300)]);
        writer.Numbers<double>("f"u8, "Float64"u8, [1.5, -2, double.MaxValue]);
        writer.Keys("k"u8, [0, 1, UInt128.MaxValue]);
        writer.Begin(1, 300);
        writer.Numbers<byte>("b"u8, "UInt8"u8, new byte[300]);
        return writer.Written.ToArray();
    }

    /// <summary>A stream that gives a few octets at a time, as a socket may.</summary>
    private sealed class Pieces(byte[] octets, int most) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
