// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using Weir.Collector.Detecting;
using Weir.Contracts.Flows;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>Memory is bounded, and what a full table costs is counted.</summary>
public sealed unsafe class CounterMemoryTests
{
    [Fact]
    public void A_subject_costs_one_line_of_the_cache_and_detail_at_most_a_kibibyte()
    {
        Assert.Equal(64, Unsafe.SizeOf<SubjectCounters>());
        Assert.InRange(Unsafe.SizeOf<VolumeState>(), 1, SecondStagePool.Octets);
        Assert.InRange(Unsafe.SizeOf<ConnectionAttemptState>(), 1, SecondStagePool.Octets);
        Assert.Equal(96, Unsafe.SizeOf<Flow>());
        Assert.Equal(24, Unsafe.SizeOf<TopRemote>());
    }

    [Fact]
    public void Ten_million_subjects_fit_in_less_than_1200_million_octets()
    {
        // Set aside, not touched: pages are taken as they fill.
        using var watched = new DetectorHarness(new DetectingOptions { Subjects = 10_000_000, Details = 131_072 });
        Assert.InRange(watched.Detector.Octets, 800_000_000ul, 1_200_000_000ul);
    }

    [Fact]
    public void A_full_table_gives_up_who_was_idle_longest_and_says_so()
    {
        using var table = new CounterTable(1_000, 7);
        for (uint i = 0; i < 5_000; i++)
        {
            var subject = IpKey.FromV4(i);
            Assert.True(table.Find(subject, table.SlotOf(subject), 100 + i) is not null);
        }

        Assert.InRange(table.Held, 1_000, 1_500);
        Assert.Equal(5_000, table.Held + table.Evicted);
        Assert.True(table.Find(IpKey.FromV4(4_999)) is not null);
    }

    [Fact]
    public void Subjects_with_detail_stay_and_a_newcomer_without_room_is_a_counted_loss()
    {
        using var table = new CounterTable(64, 7);
        var refused = 0;
        for (uint i = 0; i < 500; i++)
        {
            var subject = IpKey.FromV4(i);
            var place = table.Find(subject, table.SlotOf(subject), 100);
            if (place is null)
            {
                refused++;
            }
            else
            {
                place->OutBlock = 1;
            }
        }

        Assert.Equal(500, table.Held + refused);
        Assert.Equal(0, table.Evicted);
    }

    [Fact]
    public void What_has_been_idle_for_a_day_is_forgotten()
    {
        using var table = new CounterTable(1_000, 7);
        for (uint i = 0; i < 600; i++)
        {
            var subject = IpKey.FromV4(i);
            table.Find(subject, table.SlotOf(subject), i < 400 ? 100u : 2_000u);
        }

        table.Sweep(1_000, 2);
        table.Sweep(1_000, 2);

        Assert.Equal(200, table.Held);
        Assert.True(table.Find(IpKey.FromV4(5)) is null);
        Assert.True(table.Find(IpKey.FromV4(500)) is not null);
        Assert.True(table.Find(IpKey.FromV4(5), table.SlotOf(IpKey.FromV4(5)), 2_000) is not null);
        Assert.Equal(201, table.Held);
    }

    [Property(MaxTest = 50)]
    public void However_subjects_come_and_are_forgotten_each_has_its_own_place_and_nobody_is_lost(uint seed)
    {
        using var table = new CounterTable(256, 7);
        var random = new Random((int)seed);
        var known = new Dictionary<IpKey, (uint Number, uint Minute)>();
        long lost = 0;
        for (uint step = 1; step <= 4_000; step++)
        {
            if (random.Next(100) == 0)
            {
                var before = step - (uint)random.Next(300);
                table.Sweep(before, 1);
                foreach (var idle in known.Where(k => k.Value.Minute < before).Select(k => k.Key).ToList())
                {
                    known.Remove(idle);
                }
            }

            var subject = IpKey.FromV4((uint)random.Next(600));
            var evicted = table.Evicted;
            var place = table.Find(subject, table.SlotOf(subject), step);
            if (table.Evicted != evicted)
            {
                lost++;
                var gone = known.Keys.Single(k => k != subject && table.Find(k) is null);
                known.Remove(gone);
            }

            var number = known.TryGetValue(subject, out var held) ? held.Number : step;
            Assert.Equal(known.ContainsKey(subject) ? number : 0, place->PacketsOut);
            (place->PacketsOut, place->Minute) = (number, step);
            known[subject] = (number, step);
            Assert.Equal(known.Count, table.Held);
        }

        Assert.All(known, k => Assert.Equal(k.Value.Number, table.Find(k.Key)->PacketsOut));
        Assert.Equal(lost, table.Evicted);
    }

    [Fact]
    public void Where_no_block_is_free_the_flow_is_counted_and_the_wish_is_too()
    {
        using var watched = new DetectorHarness(new DetectingOptions { Subjects = 2_000, Details = 1 });
        watched.Add(Out(0, 40, 80_000 * 40), Out(0, 40, 80_000 * 40, subject: IpKey.Parse("10.0.0.8")));

        Assert.Single(watched.Finish());
        Assert.Equal((2, 1), (watched.Detector.Counts.Counted, watched.Detector.Counts.DetailsRefused));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        using var watched = new DetectorHarness();
        Flow[] flows = [.. Enumerable.Range(0, 1_024).Select(i =>
            Out(i * 0.01, i * 0.01, 300, remote: Remote(i), subject: IpKey.FromV4(0x0A00_0000u + (uint)(i % 200))))];
        watched.Add(flows);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                watched.Detector.Add(flows);
            }

            // A collection that another thread asks for takes what is left of this one's piece of heap, and counts it.
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // The counts are published once a batch, as one value.
        Assert.InRange(least, 0, 200);
    }

    [Theory]
    [InlineData(20, 0.05)]
    [InlineData(100, 0.1)]
    [InlineData(300, 0.15)]
    public void Distinct_remotes_are_counted_near_the_truth(int count, double error)
    {
        Span<ulong> bitmap = stackalloc ulong[DistinctEstimator.Words];
        Span<byte> one = stackalloc byte[DistinctEstimator.Registers], other =
            stackalloc byte[DistinctEstimator.Registers];
        for (var i = 0; i < count; i++)
        {
            var hash = DistinctEstimator.Hash(Remote(i), 0, 99);
            DistinctEstimator.Set(bitmap, hash);
            DistinctEstimator.Register(i % 2 == 0 ? one : other, hash);
        }

        var set = 0;
        foreach (var word in bitmap)
        {
            set += System.Numerics.BitOperations.PopCount(word);
        }

        Assert.InRange(DistinctEstimator.Count(set), count * (1 - error), count * (1 + error));
        Assert.InRange(DistinctEstimator.Count(one, other), count * 0.6, count * 1.4);
    }
}
