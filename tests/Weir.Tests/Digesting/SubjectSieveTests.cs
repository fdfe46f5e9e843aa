// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Digesting;

/// <summary>A block that holds a subject's flows is never passed over; most others are.</summary>
public sealed class SubjectSieveTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4_096)]
    public void It_never_says_no_to_one_who_is_there_and_mostly_no_to_others(int subjects)
    {
        var random = new Random(subjects);
        var there = Enumerable.Range(0, subjects).Select(_ => Any(random)).ToArray();
        var sieve = new SubjectSieve([.. there.Select(subject => new Flow { Subject = subject })]);
        Assert.All(there, subject => Assert.True(sieve.MayHold(subject)));
        var others = Enumerable.Range(0, 10_000).Select(_ => Any(random)).Except(there).ToList();
        Assert.True(others.Count(sieve.MayHold) < others.Count / 10);
    }

    /// <summary>Neighbours as a provider's lines are: consecutive addresses, consecutive prefixes.</summary>
    private static IpKey Any(Random random) => random.Next(2) == 0
        ? IpKey.FromV4(0x0A00_0000 + (uint)random.Next(1 << 20))
        : new IpKey(new UInt128(0x2001_0DB8_0000_0000 + (ulong)random.Next(1 << 20), 0));
}
