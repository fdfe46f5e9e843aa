// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Collector.Collecting.Files;
using Weir.Tests.Files;
using Weir.Wire;

namespace Weir.Tests.Collecting;

public sealed class PayloadTests
{
    private static (List<ReceivedDatagram> Taken, InputFile File) Read(byte[] content)
    {
        using var scratch = new Scratch(content);
        return Scratch.Datagrams(scratch.Path);
    }

    private static byte[] SFlow(int samples)
    {
        var sample = Bytes.Join(Bytes.U32(2), Bytes.U32(8), new byte[8]);
        return Bytes.Join(
            Bytes.U32(5), Bytes.U32(1), Bytes.Source, Bytes.U32(0), Bytes.U32(9), Bytes.U32(1000),
            Bytes.U32((uint)samples), Bytes.Join([.. Enumerable.Repeat(sample, samples)]));
    }

    [Fact]
    public void Messages_of_every_protocol_back_to_back_are_cut_apart()
    {
        byte[][] messages = [
            Bytes.V5(2), Bytes.V9(40), Bytes.Ipfix(30), SFlow(3), Bytes.V9(8), Bytes.V9(12), SFlow(0), Bytes.V5(1),
            Bytes.Ipfix(4)];
        var (taken, file) = Read(Bytes.Join(messages));

        Assert.Equal("payload", file.Format);
        Assert.Equal(messages, taken.Select(one => one.Payload));
        Assert.All(
            taken, one => Assert.Equal((IpKey.FromV4(0), (ushort)0, 0L), (one.Exporter, one.Port, one.ArrivedAtMs)));
        Assert.False(file.Losses.Any);
    }

    [Fact]
    public void An_ipfix_file_beyond_one_block_is_cut_by_message_length()
    {
        var messages = Enumerable.Range(0, 3_000).Select(i => Bytes.Ipfix(i % 1_400, (uint)i)).ToArray();
        var (taken, file) = Read(Bytes.Join(messages));

        Assert.Equal(("ipfix-file", 3_000), (file.Format, taken.Count));
        Assert.All(Enumerable.Range(0, 3_000), i => Assert.Equal(messages[i], taken[i].Payload));
        Assert.False(file.Losses.Any);
    }

    [Fact]
    public void Foreign_octets_between_messages_are_passed_over_and_counted()
    {
        var (taken, file) = Read(Bytes.Join(Bytes.Ipfix(40), new byte[777], Bytes.Ipfix(50), Bytes.Ipfix(60)));

        Assert.Equal([Bytes.Ipfix(40), Bytes.Ipfix(50), Bytes.Ipfix(60)], taken.Select(one => one.Payload));
        Assert.Equal((777L, (long?)60), (file.Losses.OctetsSkipped, file.Losses.DamagedAt));
    }

    [Fact]
    public void A_cut_ipfix_file_gives_the_last_message_in_part_and_says_so()
    {
        var whole = Bytes.Join(Bytes.Ipfix(40), Bytes.Ipfix(50));
        for (var length = 80; length < whole.Length; length++)
        {
            var (taken, file) = Read(whole[..length]);
            Assert.Equal((2, (long?)60), (taken.Count, file.Losses.CutAt));
            Assert.Equal(length - 60, taken[1].Payload.Length);
        }
    }

    [Property(MaxTest = 300, Replay = "1729,1")]
    public void No_octet_is_lost_uncounted_whatever_stands_in_the_file(byte[] noise, byte at, bool first)
    {
        var export = first ? Bytes.V9(40) : Bytes.Ipfix(40);
        var cut = at % export.Length;
        var content = Bytes.Join(Bytes.V5(1), export[..cut], noise, export[cut..], SFlow(2));
        var (taken, file) = Read(content);

        Assert.Equal(content.Length, taken.Sum(one => one.Payload.Length) + file.Losses.OctetsSkipped);
    }
}
