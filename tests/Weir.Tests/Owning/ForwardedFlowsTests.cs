// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using FsCheck.Xunit;
using Weir.Collector.Owning;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Owning;

/// <summary>Flows on their way between collectors: what is written is read as it was, and whatever else comes is an
/// answer, never an exception.</summary>
public sealed class ForwardedFlowsTests
{
    private const long Start = 1_767_571_200_000;

    [Property(MaxTest = 200)]
    public void What_is_written_is_read_as_it_was(int seed, byte some)
    {
        var (dice, sources) = (new Random(seed), new FlowSource[1 + (some % 7)]);
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = new(Address(dice), (uint)dice.NextInt64(uint.MaxValue), (uint)dice.NextInt64(uint.MaxValue));
        }

        var flows = Enumerable.Range(0, some).Select(_ => Drawn(dice, sources.Length)).ToArray();
        var head = Head(dice);
        var octets = ForwardedFlows.Write(flows, number => sources[number - 1]);
        ForwardedFlows.WriteHead(head, octets);

        Assert.True(ForwardedFlows.TryRead(octets, out var batch, out var fault), fault);
        Assert.True(octets.Length <= ForwardedFlows.MaxOctets);
        Assert.Equal(
            (head.Session, head.Run, head.Sequence, head.Acknowledged, head.IsInDoubt),
            (batch!.Head.Session, batch.Head.Run, batch.Head.Sequence, batch.Head.Acknowledged, batch.Head.IsInDoubt));
        Assert.True(head.Owners.Span.SequenceEqual(batch.Head.Owners.Span));
        Assert.Equal(flows.Length, batch.Flows.Length);
        for (var i = 0; i < flows.Length; i++)
        {
            var read = batch.Flows.Span[i];
            Assert.Equal(
                flows[i].Exporter == 0 ? default : sources[flows[i].Exporter - 1],
                read.Exporter == 0 ? default : batch.Sources[read.Exporter - 1]);
            read.Exporter = flows[i].Exporter;
            Assert.Equal(flows[i], read);
        }
    }

    [Fact]
    public void A_batch_that_is_cut_or_longer_than_it_says_is_refused_at_every_octet()
    {
        var octets = Sound();
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.False(ForwardedFlows.TryRead(octets.AsSpan(0, length), out var batch, out var fault));
            Assert.Null(batch);
            Assert.NotEmpty(fault);
        }

        Assert.False(ForwardedFlows.TryRead([.. octets, 0], out _, out var longer));
        Assert.Contains("goes on behind its last flow", longer, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_one_octet_becomes_is_a_batch_or_a_fault()
    {
        var octets = Sound();
        for (var at = 0; at < octets.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = octets.ToArray();
                changed[at] = (byte)value;
                var isRead = ForwardedFlows.TryRead(changed, out var batch, out var fault);
                Assert.Equal(isRead, batch is not null);
                Assert.Equal(isRead, fault.Length == 0);
                Assert.All(
                    batch?.Flows.ToArray() ?? [], flow => Assert.True(
                        FlowCalendar.Holds(flow.StartMs) && FlowCalendar.Holds(flow.EndMs)
                        && flow.EndMs >= flow.StartMs && flow.SamplingInterval >= 1
                        && flow.Standing != FlowStanding.Stray && flow.Exporter <= batch!.Sources.Count));
            }
        }
    }

    [Fact]
    public void A_later_version_is_known_as_one_and_not_read()
    {
        var octets = Sound();
        BinaryPrimitives.WriteUInt16LittleEndian(octets.AsSpan(4), 2);
        Assert.Equal<ushort?>(2, ForwardedFlows.VersionOf(octets));
        Assert.False(ForwardedFlows.TryRead(octets, out _, out _));
        Assert.Null(ForwardedFlows.VersionOf("GET / HTTP/1.1"u8));
        Assert.Null(ForwardedFlows.VersionOf([]));
    }

    /// <summary>A later sender that means something by a flag is not half understood.</summary>
    [Fact]
    public void A_flag_that_this_version_does_not_know_is_refused()
    {
        var octets = Sound();
        octets[6] |= 0x02;
        Assert.False(ForwardedFlows.TryRead(octets, out _, out var fault));
        Assert.Contains("flags that are none", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(56, int.MaxValue, "more flows or sources than a batch may have")]
    [InlineData(56, -1, "more flows or sources than a batch may have")]
    [InlineData(56, ForwardedFlows.MaxFlows, "fewer octets than its flows need")]
    [InlineData(60, int.MaxValue, "more flows or sources than a batch may have")]
    [InlineData(60, -1, "more flows or sources than a batch may have")]
    [InlineData(56, 2, "behind its last flow")]
    [InlineData(60, 3, "flow that is none|source that is none|behind its last flow|fewer octets")]
    public void Counts_that_are_wrong_set_nothing_aside(int at, int count, string fault)
    {
        var octets = Sound();
        BinaryPrimitives.WriteInt32LittleEndian(octets.AsSpan(at), count);
        Assert.False(ForwardedFlows.TryRead(octets, out _, out var told));
        Assert.Matches(fault, told);
    }

    [Fact]
    public void Octets_of_nobody_are_refused()
    {
        var dice = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var octets = new byte[dice.Next(300)];
            dice.NextBytes(octets);
            Assert.False(ForwardedFlows.TryRead(octets, out _, out _));
        }
    }

    [Fact]
    public void A_flow_that_gives_no_grounds_or_lies_outside_the_calendar_is_none()
    {
        var stray = Drawn(new Random(1), 0) with { Standing = FlowStanding.Stray };
        var late = Drawn(new Random(1), 0) with { StartMs = FlowCalendar.LatestMs, EndMs = FlowCalendar.LatestMs + 1 };
        foreach (var flow in (Flow[])[stray, late])
        {
            var octets = ForwardedFlows.Write([flow], _ => default);
            ForwardedFlows.WriteHead(Head(new Random(1)), octets);
            Assert.False(ForwardedFlows.TryRead(octets, out _, out var fault));
            Assert.Contains("a flow that is none", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void More_flows_than_a_batch_has_are_not_written() => Assert.Throws<ArgumentOutOfRangeException>(
        () => ForwardedFlows.Write(new Flow[ForwardedFlows.MaxFlows + 1], _ => default));

    private static byte[] Sound()
    {
        var dice = new Random(3);
        var flows = Enumerable.Range(0, 3).Select(_ => Drawn(dice, 2)).ToArray();
        (flows[0].Exporter, flows[1].Exporter) = (1, 2);
        var octets = ForwardedFlows.Write(flows, number => new(IpKey.FromV4(number), number, 7));
        ForwardedFlows.WriteHead(Head(dice), octets);
        return octets;
    }

    private static ForwardHead Head(Random dice)
    {
        var owners = new byte[SubjectOwners.DigestOctets];
        dice.NextBytes(owners);
        return new()
        {
            Owners = owners, Session = (ulong)dice.NextInt64(), Run = (ulong)dice.NextInt64(),
            Sequence = (ulong)dice.NextInt64(), Acknowledged = (ulong)dice.NextInt64(), IsInDoubt = dice.Next(2) == 1,
        };
    }

    private static IpKey Address(Random dice)
    {
        if (dice.Next(2) == 0)
        {
            return IpKey.FromV4((uint)dice.NextInt64(uint.MaxValue));
        }

        Span<byte> octets = stackalloc byte[16];
        dice.NextBytes(octets);
        octets[0] = 0x20;
        return IpKey.FromV6(octets);
    }

    /// <summary>Any flow that a lane gives away; large numbers are as likely as small ones.</summary>
    private static Flow Drawn(Random dice, int sources)
    {
        var start = Start + dice.NextInt64(86_400_000);
        return new Flow
        {
            Subject = Address(dice), Remote = Address(dice), StartMs = start,
            EndMs = start + Any(dice, 32), PacketsOut = (ulong)Any(dice), PacketsIn = (ulong)Any(dice),
            OctetsOut = (ulong)Any(dice), OctetsIn = (ulong)Any(dice),
            SamplingInterval = dice.Next(2) == 0 ? 1 : (uint)Math.Max(1, Any(dice, 32)),
            SubjectPort = (ushort)dice.Next(65_536), RemotePort = (ushort)dice.Next(65_536),
            Protocol = (byte)dice.Next(256), FlagsOut = (byte)dice.Next(256), FlagsIn = (byte)dice.Next(256),
            Traits = (FlowTraits)dice.Next(256), AccessType = (byte)dice.Next(256),
            Exporter = (ushort)dice.Next(sources + 1), Opener = (FlowInitiator)dice.Next(3),
            Role = (byte)dice.Next(2), Place = FlowAttribution.Attributed,
            Standing = dice.Next(3) switch
            {
                0 => FlowStanding.Corroborated, 1 => FlowStanding.Doubtful, _ => FlowStanding.Contested,
            },
        };
    }

    private static long Any(Random dice, int bits = 63) => dice.NextInt64(1L << dice.Next(1, bits));
}
