// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Matching;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;

namespace Weir.Tests.Matching;

/// <summary>statistics.md B.1, sentence by sentence. Flags: F 1, S 2, R 4, P 8, A 16.</summary>
public class ExchangeRuleTests
{
    private const byte F = 1;
    private const byte S = 2;
    private const byte R = 4;
    private const byte P = 8;
    private const byte A = 16;

    [Theory]
    [InlineData(2, S | A | P, 1, S | A, ContactKind.Exchange)]
    [InlineData(2, A | F, 1, A, ContactKind.Exchange)]
    [InlineData(3, S, 3, S | A, ContactKind.Exchange)]
    [InlineData(2, S | A, 2, S | A, ContactKind.Attempt)]
    [InlineData(3, S | A, 2, S | A, ContactKind.Attempt)]
    [InlineData(5, S | A | P, 0, 0, ContactKind.Attempt)]
    [InlineData(3, S, 0, 0, ContactKind.Attempt)]
    [InlineData(1, S, 1, R | A, ContactKind.AnsweredProbe)]
    [InlineData(4, S, 4, R | A, ContactKind.AnsweredProbe)]
    [InlineData(4, S, 4, R, ContactKind.AnsweredProbe)]
    [InlineData(4, S | A | P, 4, R, ContactKind.AnsweredProbe)]
    [InlineData(4, S | A | P | R, 4, S | A | R, ContactKind.Exchange)]
    [InlineData(0, 0, 5, S, null)]
    [InlineData(0, 0, 5, S | A, null)]
    [InlineData(0, 0, 5, S | A | R, null)]
    [InlineData(0, 0, 2, S | A | P, null)]
    [InlineData(0, 0, 5, S | A | P, ContactKind.OneSided)]
    [InlineData(0, 0, 5, S | A | F, ContactKind.OneSided)]
    [InlineData(3, R | A, 3, S, null)]
    public void Tcp_with_flags(uint sent, byte flagsOut, uint received, byte flagsIn, ContactKind? expected) =>
        Assert.Equal(expected, ExchangeRule.Judge(
            Protocols.Tcp, new(sent, flagsOut), new(received, flagsIn), flagsKnown: true, sampled: false));

    [Theory]
    [InlineData(2, 2, ContactKind.Exchange)]
    [InlineData(2, 1, ContactKind.Attempt)]
    [InlineData(1, 2, ContactKind.Attempt)]
    [InlineData(9, 0, ContactKind.Attempt)]
    [InlineData(0, 9, null)]
    public void Without_flags_both_directions_need_two_packets(uint sent, uint received, ContactKind? expected)
    {
        Assert.Equal(expected, ExchangeRule.Judge(
            Protocols.Tcp, new(sent, 0), new(received, 0), flagsKnown: false, sampled: false));
        Assert.Equal(expected, ExchangeRule.Judge(
            Protocols.Sctp, new(sent, 0), new(received, 0), flagsKnown: true, sampled: false));
    }

    [Theory]
    [InlineData(1, 1, ContactKind.Exchange)]
    [InlineData(9, 0, ContactKind.Attempt)]
    [InlineData(0, 9, null)]
    public void Udp_needs_both_directions(uint sent, uint received, ContactKind? expected) =>
        Assert.Equal(expected, ExchangeRule.Judge(
            Protocols.Udp, new(sent, 0), new(received, 0), flagsKnown: true, sampled: false));

    [Theory]
    [InlineData(Protocols.Tcp, 1, A, 0, 0, ContactKind.OneSided)]
    [InlineData(Protocols.Tcp, 1, A | P, 0, 0, ContactKind.OneSided)]
    [InlineData(Protocols.Tcp, 1, S, 0, 0, ContactKind.Attempt)]
    [InlineData(Protocols.Tcp, 1, S | 0xC0, 0, 0, ContactKind.Attempt)]
    [InlineData(Protocols.Tcp, 1, S, 1, R | A, ContactKind.AnsweredProbe)]
    [InlineData(Protocols.Tcp, 1, R, 1, S, null)]
    [InlineData(Protocols.Tcp, 1, A | P, 1, A, ContactKind.Exchange)]
    [InlineData(Protocols.Tcp, 0, 0, 4, A | P, null)]
    [InlineData(Protocols.Udp, 1, 0, 0, 0, ContactKind.OneSided)]
    [InlineData(Protocols.Udp, 1, 0, 1, 0, ContactKind.Exchange)]
    public void Under_sampling_one_direction_beyond_a_bare_syn_is_one_sided(
        byte protocol, uint sent, byte flagsOut, uint received, byte flagsIn, ContactKind? expected) =>
            Assert.Equal(expected, ExchangeRule.Judge(
                protocol, new(sent, flagsOut), new(received, flagsIn), flagsKnown: true, sampled: true));

    [Theory]
    [InlineData(FlowInitiator.Remote, 51_000, 443, true)]
    [InlineData(FlowInitiator.Subject, 80, 51_000, false)]
    [InlineData(FlowInitiator.Unknown, 80, 51_000, true)]
    [InlineData(FlowInitiator.Unknown, 80, 443, false)]
    [InlineData(FlowInitiator.Unknown, 51_000, 443, false)]
    [InlineData(FlowInitiator.Unknown, 51_000, 51_000, false)]
    public void A_subjects_own_server_is_told_by_the_opener_else_by_the_ports(
        FlowInitiator opener, ushort own, ushort remote, bool expected) =>
            Assert.Equal(expected, ExchangeRule.IsOwnServer(
                new Flow { Opener = opener, SubjectPort = own, RemotePort = remote }));
}
