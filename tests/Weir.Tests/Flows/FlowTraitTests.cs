// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Flows;

/// <summary>A scope holds only what the event is about (rules.md R22): a class that leaves the far end open carries a
/// trait, and a flow shows it by itself or is not inside.</summary>
public sealed class FlowTraitTests
{
    private const byte Syn = 0x02;
    private const byte Rst = 0x04;
    private const byte Ack = 0x10;
    private const byte Visit = 0x1B;

    private static readonly IpKey Web = IpKey.Parse("203.0.113.80");

    private static readonly FlowPredicate Scan = new()
    {
        Direction = Direction.Out, Protocol = Protocols.Tcp, RemotePorts = [443], Trait = FlowTrait.Unanswered,
    };

    /// <summary>As routers tell it: whole, a direction alone, an end alone, the first packets alone, sampled.</summary>
    public static TheoryData<string, byte, byte, ulong, ulong, uint, bool> OfTcp => new()
    {
        { "an attempt that nobody answers", Syn, 0, 1, 0, 1, true },
        { "repeated", Syn, 0, 3, 0, 1, true },
        { "reset", Syn, Rst | Ack, 1, 1, 1, true },
        { "answered and given up by a reset of one's own", Syn | Rst, 0, 2, 0, 1, true },
        { "answered, told both ways", Syn | Rst, Syn | Ack, 2, 1, 1, false },
        { "a visit", Visit, Visit, 9, 8, 1, false },
        { "a visit, this direction alone", Visit, 0, 9, 0, 1, false },
        { "the rest of a visit", Ack | 0x08, 0, 4, 0, 1, false },
        { "one packet in the middle of it", Ack, 0, 1, 0, 1, false },
        { "its end", Ack | 0x01, 0, 1, 0, 1, false },
        { "its first packet, of one in a thousand", Syn, 0, 1, 0, 1_000, false },
        { "the answers of a visit", 0, Syn | Ack, 0, 8, 1, false },
    };

    [Theory]
    [MemberData(nameof(OfTcp))]
    public void A_scope_of_a_scan_holds_attempts_and_no_visit(
        string what, byte sent, byte got, ulong packetsOut, ulong packetsIn, uint sampling, bool isInside)
    {
        var flow = Flow(Protocols.Tcp, FlowTraits.FlagsKnown, sent, got, packetsOut, packetsIn, sampling);

        Assert.True(Scan.Matches(flow) == isInside, what);
    }

    [Fact]
    public void What_an_exporter_does_not_tell_is_not_shown()
    {
        var dns = Scan with { Protocol = Protocols.Udp };
        Assert.False(Scan.Matches(Flow(Protocols.Tcp, 0, Syn, 0, 1, 0)), "without flags a visit looks the same");
        Assert.False(dns.Matches(Flow(Protocols.Udp, 0, 0, 0, 1, 0)), "the answer may be told apart");
        Assert.True(dns.Matches(Flow(Protocols.Udp, FlowTraits.Biflow, 0, 0, 1, 0)));
        Assert.False(dns.Matches(Flow(Protocols.Udp, FlowTraits.Biflow, 0, 0, 1, 1)));
        Assert.True(dns.Matches(Flow(Protocols.Udp, FlowTraits.Dropped, 0, 0, 1, 0)), "it went nowhere");
    }

    [Fact]
    public void A_SYN_flood_is_bare_SYN_and_mail_goes_out()
    {
        var flood = Scan with { Trait = FlowTrait.BareSyn };
        Assert.True(flood.Matches(Flow(Protocols.Tcp, FlowTraits.FlagsKnown, Syn, 0, 40_000, 0, 1_000)));
        Assert.False(flood.Matches(Flow(Protocols.Tcp, FlowTraits.FlagsKnown, Visit, 0, 40, 0)));

        var mail = Scan with { Trait = FlowTrait.Mail };
        Assert.True(mail.Matches(Flow(Protocols.Tcp, FlowTraits.FlagsKnown, Visit, 0, 9, 0)));
        var served = Flow(Protocols.Tcp, FlowTraits.FlagsKnown, Visit, 0, 9, 0);
        served.Opener = FlowInitiator.Remote;
        Assert.False(mail.Matches(served));
    }

    [Theory]
    [InlineData(FlowTrait.None, false)]
    [InlineData(FlowTrait.Unanswered, true)]
    [InlineData(FlowTrait.BareSyn, false)]
    public void A_class_lies_in_another_only_with_its_trait(FlowTrait trait, bool isWithin)
    {
        Assert.Equal(isWithin, (Scan with { Trait = trait }).IsWithin(Scan));
        Assert.True((Scan with { Trait = trait }).IsWithin(Scan with { Trait = FlowTrait.None }));
    }

    [Fact]
    public void Nobody_is_closed_for_a_class_that_names_no_far_end_and_no_trait()
    {
        Assert.True(Scan.MayRestrict);
        Assert.False((Scan with { Trait = FlowTrait.None }).MayRestrict);
        Assert.True((Scan with { Trait = FlowTrait.None, Remotes = [Web] }).MayRestrict);
        Assert.EndsWith(" trait=unanswered", Scan.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_trait_has_a_word_that_is_read_back()
    {
        foreach (var trait in Enum.GetValues<FlowTrait>())
        {
            Assert.True(FlowTraitNames.TryParse(FlowTraitNames.ToName(trait), out var read));
            Assert.Equal(trait, read);
        }

        Assert.False(FlowTraitNames.TryParse("any", out _));
        foreach (var doubt in Enum.GetValues<EvidenceDoubt>())
        {
            Assert.True(EvidenceDoubts.TryParse(EvidenceDoubts.ToName(doubt), out var read));
            Assert.Equal(doubt, read);
            Assert.NotEmpty(EvidenceDoubts.ToSentence(doubt));
        }
    }

    private static Flow Flow(
        byte protocol, FlowTraits traits, byte sent, byte got, ulong packetsOut, ulong packetsIn, uint sampling = 1) => new()
    {
        Remote = Web,
        RemotePort = 443,
        Protocol = protocol,
        Traits = traits,
        FlagsOut = sent,
        FlagsIn = got,
        PacketsOut = packetsOut,
        PacketsIn = packetsIn,
        SamplingInterval = sampling,
        Place = FlowAttribution.Attributed,
    };
}
