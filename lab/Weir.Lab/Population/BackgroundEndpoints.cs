// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Population;

/// <summary>The benign Internet: Zipf popularity, half by everybody's taste, half by that of interest
/// communities.</summary>
internal sealed class BackgroundEndpoints
{
    public const int Communities = 60;

    private const int Favourites = 8;
    private static readonly int[] Primes = [
        5_003, 10_007, 20_011, 50_021, 100_003, 200_003, 400_009, 1_000_003, 2_000_003];

    private readonly AliasTable _popularity;
    private readonly ulong _seed;

    public BackgroundEndpoints(int subscribers, ulong seed)
    {
        Count = Primes.FirstOrDefault(prime => prime >= subscribers, Primes[^1]);
        _seed = seed;
        var weights = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            weights[i] = 1.0 / (i + 3);
        }

        _popularity = new AliasTable(weights);
    }

    /// <summary>A prime, so that a community's taste can be a multiplication modulo it.</summary>
    public int Count { get; }

    /// <summary>Where a subscriber goes next: mostly by taste, 3 times in 10 to one of its own favourites.</summary>
    public int Pick(Dice dice, int subscriber, int community, int otherCommunity)
    {
        var chosen = dice;
        if (dice.Share() < 0.3)
        {
            chosen = new Dice(_seed ^ ((ulong)subscriber << 8) ^ (uint)dice.Below(Favourites));
        }

        var rank = _popularity.Draw(chosen);
        return chosen.Share() < 0.5 ? rank : Turn(rank, (chosen.Next() & 1) == 0 ? community : otherCommunity);
    }

    /// <summary>Port and protocol of an ordinary endpoint: what the place offers, not what the visitor wants.</summary>
    public (ushort Port, byte Protocol) Service(int number)
    {
        var hash = Dice.Mix(_seed + (ulong)number);
        return (hash % 100) switch
        {
            < 66 => (443, 6),
            < 75 => (80, 6),
            < 84 => (443, 17),
            < 88 => (53, 17),
            < 90 => (123, 17),
            < 92 => (993, 6),
            < 94 => (5_222, 6),
            < 95 => (8_080, 6),
            _ => ((ushort)(1_024 + (hash >> 32) % 60_000), (hash & (1 << 20)) == 0 ? (byte)17 : (byte)6),
        };
    }

    private int Turn(int rank, int community)
    {
        var factor = 1 + (Dice.Mix(_seed ^ 0xC0DE ^ (ulong)community) % (ulong)(Count - 1));
        return (int)((((ulong)rank + 1) * factor) % (ulong)Count);
    }
}
