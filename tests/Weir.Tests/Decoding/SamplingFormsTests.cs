// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>Sampling as routers tell it: for a domain, a template, a line card, an interface, by time, by hash, of
/// flows. A rate that cannot be told apart is unknown, and never another's.</summary>
public class SamplingFormsTests
{
    private const string Flow = "8/4 12/4 2/4 10/4 14/4";
    private static readonly byte[] _teach = Set(2, Template(256, Flow), Template(258, Flow));

    private static byte[] Record(uint input = 1, uint output = 2) =>
        Join(Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10, input, output));

    private static byte[] Options(string scopes, string fields) =>
        Set(3, U16(257, Count(scopes) + Count(fields), Count(scopes)), Fields(scopes), Fields(fields));

    private static string Rates(params byte[][] messages)
    {
        var lane = new TestLane();
        return string.Join(' ', lane.Decode(4_739, messages).Select(flow => flow.SamplingInterval));
    }

    /// <summary>A row of options data, the data sets behind it, and the rates of their flows; 1 where nobody
    /// knows.</summary>
    [Theory]
    [InlineData("145/2", "34/4", "0100 00000064 0102 000003E8", "100 1000", "a template's own rate")]
    [InlineData("141/2", "34/4", "0001 00000064 0002 000003E8", "1 1", "line cards that differ")]
    [InlineData("141/2", "34/4", "0001 00000064 0002 00000064", "100 100", "line cards that agree")]
    [InlineData("14/4", "34/4", "00000001 00000064 00000002 000003E8", "1 1", "ways out that differ")]
    [InlineData("302/4", "304/2 307/4 308/4", "00000001 0002 000003E8 000182B8", "100 100", "time slots")]
    [InlineData("302/4", "307/4", "00000001 000003E8", "1 1", "time looked, and not how long not")]
    [InlineData("302/4", "304/2 329/4 330/4 331/4 332/4", "00000001 0006 00000000 0000FFFF 00000000 000000FF", "256 256",
        "a hash's range")]
    [InlineData("302/4", "390/2 396/4 397/4", "00000001 0001 00000001 00000009", "10 10", "whole flows")]
    [InlineData("", "34/4", "00000064", "100 100", "no scope at all")]
    [InlineData("302/4", "305/4", "00000001 00000064", "1 1", "packets taken alone")]
    [InlineData("138/4", "34/4", "00000001 00000064 00000002 000003E8", "1 1", "observation points that differ")]
    [InlineData("138/4", "34/4", "00000001 00000064 00000002 00000064", "100 100", "observation points that agree")]
    [InlineData("61/1", "34/4", "00 00000064 01 000003E8", "1 1", "directions that differ")]
    [InlineData("144/4 10/4", "34/4", "00000005 00000001 00000064 00000005 00000002 000003E8", "100 100",
        "interfaces of one exporting process")]
    [InlineData("302/8", "34/4", "0000000100000007 00000064 0000000200000007 000003E8", "1 1",
        "selectors of 64 bits are two though half of them is the same")]
    public void Each_form_gives_its_rate(string scopes, string fields, string rows, string rates, string form) => Assert.Equal(
        (form, rates), (form, Rates(Ipfix(
            _teach, Options(scopes, fields), Set(257, Hex(rows)), Set(256, Record()), Set(258, Record())))));

    [Fact]
    public void A_template_s_rate_told_before_the_template_holds_too() => Assert.Equal("1000", Rates(
        Ipfix(Options("145/2", "34/4"), Set(257, Hex("0100 00000064 0102 000003E8"))), Ipfix(_teach, Set(258, Record()))));

    [Fact]
    public void A_scope_that_names_a_domain_speaks_for_that_domain() => Assert.Equal("100 1000", Rates(
        IpfixOf(0, 0, _teach, Options("149/4", "34/4"), Set(257, U32(1, 100, 2, 1_000))),
        IpfixOf(1, 0, _teach, Set(256, Record())), IpfixOf(2, 0, _teach, Set(256, Record()))));

    [Fact]
    public void A_selector_of_64_bits_is_told_by_all_of_them() => Assert.Equal("100 1000", Rates(Ipfix(
        Set(2, Template(256, "8/4 12/4 2/4 302/8")), Options("302/8", "34/4"),
        Set(257, Hex("0000000100000007 00000064 0000000200000007 000003E8")),
        Set(256, Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10), U64(0x1_0000_0007),
            Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10), U64(0x2_0000_0007)))));

    [Fact]
    public void What_was_told_of_another_cache_is_taken_back_when_both_say_the_same() => Assert.Equal("1 1000", Rates(
        Ipfix(_teach, Options("138/4", "34/4"), Set(257, U32(1, 100, 2, 1_000)), Set(256, Record())),
        Ipfix(Set(257, U32(1, 1_000)), Set(256, Record()))));

    [Theory]
    [InlineData(1, "1 1")]
    [InlineData(4, "1 1")]
    [InlineData(3, "1 1")]
    [InlineData(5, "100 1000")]
    public void NetFlow_9_has_scopes_of_its_own_numbers(int scope, string rates) => Assert.Equal(rates, Rates(V9(
        Set(0, Template(256, Flow), Template(258, Flow)), Set(1, U16(257, 4, 4), Fields($"{scope}/2"), Fields("34/4")),
        Set(257, Hex("0100 00000064 0102 000003E8")), Set(256, Record()), Set(258, Record()))));
}
