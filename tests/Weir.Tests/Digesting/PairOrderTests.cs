// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using Weir.Collector.Attributing;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Digesting;

/// <summary>Rows of a segment come in the order of the table's key, subject, remote, port, protocol, hour, as the
/// engine compares octets; and they are the same rows whatever their order.</summary>
public sealed class PairOrderTests
{
    private const long Noon = 1_772_452_800_000;
    private const long HourMs = 3_600_000;

    /// <summary>How subjects and remotes are spread.</summary>
    public enum Spread
    {
        V4,
        BothFamilies,
        OneSubject,
        OneV6Network,
        Scattered,
        AroundTheShortest,
    }

    public static TheoryData<Spread, bool, int> Cases =>
        new([.. from spread in Enum.GetValues<Spread>() from isNamed in (bool[])[false, true]
                from count in (int[])[1, 30, 700, 20_000] select (spread, isNamed, count)]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_leave_in_the_order_of_the_stores_key_and_none_is_lost(Spread spread, bool isNamed, int count)
    {
        var random = new Random(count + (int)spread);
        var flows = Enumerable.Range(0, count).Select(_ => One(random, spread)).ToArray();
        var names = isNamed
            ? EpochPseudonymizer.UnderKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)])
            : EpochPseudonymizer.InClear();
        var sink = new Recording();
        using (var digester = new Digester(DigestOptions.ForPairs(400_000), names, sink))
        {
            foreach (var batch in flows.Chunk(1_024))
            {
                digester.Add(batch);
            }

            digester.Flush();
        }

        Assert.All(sink.Calls, rows => Assert.Equal(rows.Order(StringComparer.Ordinal), rows));
        var expected = flows
            .GroupBy(flow => (
                flow.Subject, flow.Remote, flow.RemotePort, flow.Protocol, flow.Role, Hour: flow.StartMs / HourMs))
            .Select(pair => $"{Key(
                names.Pseudonymize(pair.Key.Subject, pair.Key.Hour * HourMs).Pseudonym, pair.Key.Remote.Bits,
                pair.Key.RemotePort, pair.Key.Protocol, pair.Key.Hour * HourMs / 1_000)} {pair.Key.Role} "
                + string.Create(CultureInfo.InvariantCulture, $"{pair.Count()} {pair.Sum(f => (long)f.OctetsOut)}"));
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            sink.Calls.Zip(sink.Sums, (keys, sums) => keys.Zip(sums, (key, sum) => $"{key} {sum}"))
                .SelectMany(all => all).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_second_flush_is_no_worse_off()
    {
        var random = new Random(3);
        var sink = new Recording();
        using var digester = new Digester(DigestOptions.ForPairs(50_000), EpochPseudonymizer.InClear(), sink);
        for (var flush = 0; flush < 3; flush++)
        {
            digester.Add([.. Enumerable.Range(0, 1_000).Select(_ => One(random, Spread.BothFamilies))]);
            digester.Flush();
        }

        Assert.Equal(6, sink.Calls.Count); // noon's day and the next, three times
        Assert.All(sink.Calls, rows => Assert.Equal(rows.Order(StringComparer.Ordinal), rows));
    }

    [Fact]
    public void Whoever_asks_for_no_order_gets_the_same_rows()
    {
        var random = new Random(7);
        var flows = Enumerable.Range(0, 2_000).Select(_ => One(random, Spread.BothFamilies)).ToArray();
        var (ordered, plain) = (new Recording(), new Recording { WantsOrder = false });
        foreach (var sink in (Recording[])[ordered, plain])
        {
            using var digester = new Digester(DigestOptions.ForPairs(50_000), EpochPseudonymizer.InClear(), sink);
            flows.Chunk(1_024).ToList().ForEach(batch => digester.Add(batch));
            digester.Flush();
        }

        Assert.NotEqual(ordered.Calls[0], plain.Calls[0]);
        Assert.Equal(
            ordered.Calls.SelectMany(rows => rows).Order(StringComparer.Ordinal),
            plain.Calls.SelectMany(rows => rows).Order(StringComparer.Ordinal));
    }

    private static Flow One(Random random, Spread spread)
    {
        var (subject, remote) = spread switch
        {
            Spread.V4 => (V4(random.Next(5_000)), V4(random.Next())),
            Spread.BothFamilies => (
                random.Next(4) == 0 ? V6(0x2001_0DB8_0000_0000 + (ulong)random.Next(90), 0) : V4(random.Next(900)),
                random.Next(3) == 0
                    ? V6(0x2606_4700_0000_0000 + (ulong)random.Next(9), (ulong)random.Next(9)) : V4(random.Next(99))),
            Spread.OneSubject => (V4(1), V4(random.Next(1 << 20))),
            Spread.OneV6Network => (V4(random.Next(3)), V6(0x2001_0DB8_FFFF_0000, (ulong)random.NextInt64())),
            Spread.Scattered => (
                V6((ulong)random.NextInt64(), (ulong)random.NextInt64()),
                V6((ulong)random.NextInt64(), (ulong)random.Next(2))),
            _ => (V4(random.Next(4)), V6((ulong)random.Next(2), (1UL << 49) - 3 + (ulong)random.Next(6))),
        };
        return new Flow
        {
            Subject = subject,
            Remote = remote,
            RemotePort = (ushort)random.Next(440, 444),
            SubjectPort = 50_000,
            Protocol = random.Next(2) == 0 ? Protocols.Udp : Protocols.Tcp,
            Role = (byte)random.Next(2),
            StartMs = Noon + (random.Next(14) * HourMs) + random.Next(1_000),
            OctetsOut = (ulong)random.Next(1_000),
            PacketsOut = 1,
            SamplingInterval = 1,
            Place = FlowAttribution.Attributed,
        };
    }

    private static IpKey V4(int number) => IpKey.FromV4(0x0A00_0000 + (uint)number);

    private static IpKey V6(ulong upper, ulong lower) => new(new UInt128(upper, lower));

    /// <summary>The table's key as octets whose order is the engine's, in hexadecimal digits.</summary>
    private static string Key(UInt128 subject, UInt128 remote, ushort port, byte protocol, long hourSeconds)
    {
        Span<byte> key = stackalloc byte[39];
        BinaryPrimitives.WriteUInt128BigEndian(key, subject);
        BinaryPrimitives.WriteUInt128BigEndian(key[16..], remote);
        BinaryPrimitives.WriteUInt16BigEndian(key[32..], port);
        key[34] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(key[35..], (uint)hourSeconds);
        return Convert.ToHexString(key);
    }

    private sealed class Recording : IDigestSink
    {
        public List<string[]> Calls { get; } = [];

        public List<string[]> Sums { get; } = [];

        public bool WantsOrder { get; init; } = true;

        public void Write(ReadOnlySpan<PairDigest> rows)
        {
            Calls.Add([.. rows.ToArray().Select(row => Key(
                row.Subject.Pseudonym, row.Endpoint.Address.Bits, row.Endpoint.Port, row.Endpoint.Protocol,
                row.HourSeconds))]);
            Sums.Add([.. rows.ToArray().Select(row => string.Create(
                CultureInfo.InvariantCulture, $"{row.Role} {row.Flows} {row.OctetsOut}"))]);
        }
    }
}
