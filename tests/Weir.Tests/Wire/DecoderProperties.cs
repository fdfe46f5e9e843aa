// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Tests.Conformance;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.NetFlow;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

/// <summary>Whatever the octets: an answer, in bounded work, with a fault for every damage.</summary>
public class DecoderProperties
{
    private static readonly byte[][] _heads = [[0, 5, 0, 9], [0, 9, 0, 3], [0, 10, 1, 0], [0, 0, 0, 5], []];

    [Fact]
    public void Any_octets_behind_any_version_are_read_or_reported()
    {
        foreach (var head in _heads)
        {
            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(7, 11),
                Prop.ForAll<byte[]>(octets => Holds(Join(head, octets), Taught())));
        }
    }

    [Fact]
    public void Every_truncation_of_a_valid_message_is_read_or_reported()
    {
        foreach (var message in Valid())
        {
            for (var length = 0; length <= message.Length; length++)
            {
                Assert.True(Holds(message[..length], new TemplateTable()));
            }
        }
    }

    [Fact]
    public void Mutated_messages_are_read_or_reported() => Mutate(Valid(), rounds: 400);

    [Fact]
    public void The_corpus_mutated_is_read_or_reported() =>
        Mutate([.. Corpus.Payloads(SharedData.Path("flow-export"))], rounds: 60);

    [Fact]
    public void No_octet_is_allocated_per_record()
    {
        foreach (var message in Valid())
        {
            var templates = new TemplateTable();
            var tally = default(Tally);
            for (var warm = 0; warm < 50; warm++)
            {
                ExportReader.Read(message, templates, ref tally);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1_000; round++)
            {
                ExportReader.Read(message, templates, ref tally);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(tally.Flows > 1_000);
        }
    }

    /// <summary>Damage and faults tell the same story, and no more flows come out than octets could hold.</summary>
    private static bool Holds(byte[] octets, TemplateTable templates)
    {
        var tally = default(Tally);
        var damage = ExportReader.Read(octets, templates, ref tally);
        Assert.Equal(damage == Damage.None, tally.Faults == 0);
        Assert.Equal(damage, tally.Worst);
        Assert.True(tally.Flows + tally.Ignored <= octets.Length, "more records than octets");
        Assert.Equal(tally.Messages, tally.Ends);
        Assert.True(tally.FurthestFault <= octets.Length);
        return true;
    }

    private static void Mutate(byte[][] seeds, int rounds)
    {
        var random = new Random(20_240_229);
        foreach (var seed in seeds)
        {
            var templates = new TemplateTable(maxTemplates: 64);
            for (var round = 0; round < rounds; round++)
            {
                var octets = (byte[])seed.Clone();
                for (var hits = random.Next(1, 6); hits > 0 && octets.Length > 0; hits--)
                {
                    octets[random.Next(octets.Length)] = random.Next(3) switch
                    {
                        0 => 0,
                        1 => 0xFF,
                        _ => (byte)random.Next(256),
                    };
                }

                Assert.True(Holds(octets[..random.Next(octets.Length + 1)], templates));
                Assert.True(Holds(octets, templates));
            }
        }
    }

    private static TemplateTable Taught()
    {
        var templates = new TemplateTable();
        foreach (var message in Valid())
        {
            var tally = default(Tally);
            ExportReader.Read(message, templates, ref tally);
        }

        return templates;
    }

    private static byte[][] Valid()
    {
        var ends = Join(Ip("10.0.0.1"), Ip("192.0.2.7"));
        var v5 = V5Record("10.0.0.1", "192.0.2.7", 1, 2, 3, 4);
        var v6 = Join(Ip("2001:db8::1"), Ip("2001:db8::2"));
        return
        [
            V5(100, 0, v5, v5, v5),
            V9(
                Set(0, Template(256, "8/4 12/4 22/4 21/4 1/4 2/4 7/2 11/2 4/1 6/1")),
                Set(1, U16(257, 4, 4), U16(1, 4), U16(34, 4)),
                Set(257, U32(1, 9)), Set(256, ends, new byte[22], ends, new byte[22])),
            Ipfix(
                Set(2, Template(256, "8/4 12/4 371/65535 29305:1/8"), Template(258, "27/16 28/16 2/8")),
                Set(3, U16(257, 2, 1, 149, 4, 305, 4)),
                Set(257, U32(7, 1)), Set(256, ends, U8(2, 1, 1), U64(9)), Set(258, v6, U64(3))),
            SFlow(
                FlowSample(Ethernet(0x8100, U16(7, 0x0800), IPv4(6, Tcp(1, 2, 3)))), Sample(2, new byte[8]),
                FlowSample(Ethernet(0x86DD, IPv6(0, Join(Hex("0600000000000000"), Tcp(1, 2, 3)))))),
        ];
    }

    private struct Tally : IFlowVisitor
    {
        public int Flows;
        public int Ignored;
        public int Faults;
        public int Messages;
        public int Ends;
        public int FurthestFault;
        public Damage Worst;

        public void OnMessage(in ExportHeader header) => Messages++;

        public void OnFlow(in FlowRecord flow) => Flows++;

        public readonly void OnSampling(in SamplingAnnouncement sampling) => Assert.True(sampling.Interval > 0);

        public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set) =>
            Assert.True(templateId >= 256);

        public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => true;

        public void OnIgnored(IgnoredReason what) => Ignored++;

        public void OnMalformed(in Malformed fault)
        {
            Faults++;
            Worst = fault.Damage > Worst ? fault.Damage : Worst;
            FurthestFault = Math.Max(FurthestFault, fault.Offset);
        }

        public void OnMessageEnd(uint sequenceUnits) => Ends++;
    }
}
