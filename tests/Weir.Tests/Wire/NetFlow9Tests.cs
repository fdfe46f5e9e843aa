// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class NetFlow9Tests
{
    private static readonly byte[] _ends = Join(Ip("10.0.0.1"), Ip("192.0.2.7"));

    [Fact]
    public void Uptimes_become_moments_by_the_header()
    {
        var found = PayloadSequence.Decode(
            V9(Set(0, Template(256, "8/4 12/4 22/4 21/4")), Set(256, _ends, U32(Uptime - 3_000, Uptime + 10))));
        Assert.Equal(ExportedAt * 1000L, found.Messages[0].ExportedAtMs);
        Assert.Equal(
            ((ExportedAt * 1000L) - 3_000, (ExportedAt * 1000L) + 10), (found.Flows[0].StartMs, found.Flows[0].EndMs));
        Assert.Equal([1U], found.Units);
    }

    [Fact]
    public void Counters_going_out_serve_where_none_come_in()
    {
        var found = PayloadSequence.Decode(
            V9(Set(0, Template(256, "8/4 12/4 23/4 24/4")), Set(256, _ends, U32(900, 9))));
        Assert.Equal((900UL, 9UL), (found.Flows[0].Octets, found.Flows[0].Packets));
    }

    [Theory]
    [InlineData("34/4 35/1", "00000064 01", 0, 0, 100)]
    [InlineData("48/1 49/1 50/4", "05 02 000003E8", 5, 0, 1_000)]
    [InlineData("302/8 305/4 306/4", "0000000000000007 00000001 00000063", 7, 0, 100)]
    [InlineData("309/4 310/4", "00000002 00000040", 0, 0, 32)]
    [InlineData("311/8", "3F50624DD2F1A9FC", 0, 0, 1_000)]
    public void Options_tell_the_rate_in_five_ways(string fields, string data, int selector, int input, int interval)
    {
        var octets = Fields(fields);
        var found = PayloadSequence.Decode(
            V9(Set(1, U16(257, 4, octets.Length), U16(1, 4), octets, new byte[2]), Set(257, U32(1), Hex(data))));
        Assert.Empty(found.Faults);
        Assert.Equal(
            new SamplingAnnouncement(7, (uint)selector, (uint)input, (uint)interval),
            Assert.Single(found.Samplings) with { Other = 0 });
    }

    [Fact]
    public void An_interface_scope_limits_the_rate_to_it()
    {
        var found = PayloadSequence.Decode(V9(Set(1, U16(257, 4, 4), U16(2, 4), U16(34, 4)), Set(257, U32(44, 100))));
        Assert.Equal(new SamplingAnnouncement(7, 0, 44, 100), Assert.Single(found.Samplings));
    }

    [Fact]
    public void Options_without_a_rate_are_counted_as_such() =>
        Assert.Equal(
            [IgnoredReason.Options],
            PayloadSequence.Decode(V9(Set(1, U16(257, 4, 4), U16(1, 4), U16(41, 4)), Set(257, U32(1, 9)))).Ignored);

    [Fact]
    public void Options_are_taken_before_data_that_stands_in_front_of_them()
    {
        var found = PayloadSequence.Decode(V9(
            Set(256, _ends), Set(257, U32(1, 100)), Set(1, U16(257, 4, 4), U16(1, 4), U16(34, 4)),
            Set(0, Template(256, "8/4 12/4"))));
        Assert.Equal((1, 1), (found.Flows.Count, found.Samplings.Count));
    }

    [Fact]
    public void Zeros_behind_the_last_set_are_padding() =>
        Assert.Empty(
            PayloadSequence.Decode(Join(V9(Set(0, Template(256, "8/4 12/4")), Set(256, _ends)), new byte[900])).Faults);

    [Fact]
    public void Messages_without_length_are_told_apart_by_their_version()
    {
        var found = PayloadSequence.Decode(
            Join(V9(Set(0, Template(256, "8/4 12/4"))), V9Of(7, 1, Set(256, _ends)), V9Of(7, 2, Set(256, _ends))));
        Assert.Equal((3, 2, 0), (found.Messages.Count, found.Flows.Count, found.Faults.Count));
    }

    [Fact]
    public void Cisco_client_and_server_are_the_two_ends() =>
        Assert.Equal(443, Assert.Single(PayloadSequence.Decode(V9(
            Set(0, Template(256, "45004/4 45005/4 45009/2")),
            Set(256, _ends, U16(443), new byte[2]))).Flows).DestinationPort);

    [Theory]
    [InlineData("8/4 12/4 7/2 11/2 4/1 32/2 6/1 1/4 2/8 10/2 14/4 61/1 48/1 34/4 22/4 21/4")]
    [InlineData("27/16 28/16 4/1 6/2 1/8 2/4 152/8 153/8 10/4 14/2 48/2 60/1")]
    [InlineData("12/4 8/4 150/4 151/4 11/2 7/2 4/1 2/4 48/4 34/2")]
    public void The_short_way_reads_what_the_long_way_reads(string fields)
    {
        var random = new Random(11);
        var size = fields.Split(' ')
            .Sum(static field => int.Parse(field.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture));
        for (var round = 0; round < 500; round++)
        {
            var record = new byte[size];
            random.NextBytes(record);
            record[^1] = fields.EndsWith("60/1", StringComparison.Ordinal) ? (byte)6 : record[^1];

            // A field told twice sends a template the long way; the second, being zero, changes nothing.
            var usual = PayloadSequence.Decode(V9(Set(0, Template(256, fields)), Set(256, record)));
            var careful = PayloadSequence.Decode(
                V9(Set(0, Template(256, fields + " 162/8 175/1")), Set(256, record, new byte[9])));
            Assert.Equal(Assert.Single(careful.Flows), Assert.Single(usual.Flows));
        }
    }
}
