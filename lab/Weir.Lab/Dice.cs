// SPDX-License-Identifier: Apache-2.0
//
// Randomness with a seed that gives the same numbers on every runtime: xoshiro256** (Blackman and Vigna, 2018),
// seeded by SplitMix64.
using System.Numerics;

namespace Weir.Lab;

/// <summary>A seeded source of random numbers.</summary>
internal sealed class Dice
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public Dice(ulong seed)
    {
        _a = Mix(seed += 0x9E37_79B9_7F4A_7C15);
        _b = Mix(seed += 0x9E37_79B9_7F4A_7C15);
        _c = Mix(seed += 0x9E37_79B9_7F4A_7C15);
        _d = Mix(seed + 0x9E37_79B9_7F4A_7C15);
    }

    /// <summary>SplitMix64's finaliser: a hash of one number.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double share) => Share() < share;

    /// <summary>0 inclusive to <paramref name="bound"/> exclusive.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    public double Between(double low, double high) => low + ((high - low) * Share());

    /// <summary>Standard normal (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Share())) * Math.Cos(2 * Math.PI * Share());

    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    public double Exponential(double mean) => -mean * Math.Log(1 - Share());

    public int Poisson(double mean)
    {
        if (mean > 200)
        {
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        }

        var limit = Math.Exp(-mean);
        var product = Share();
        var count = 0;
        while (product > limit)
        {
            product *= Share();
            count++;
        }

        return count;
    }

    /// <summary>How many of <paramref name="trials"/> packets a sampler of one in <paramref name="interval"/> takes,
    /// each by its own chance.</summary>
    public long Thin(long trials, uint interval)
    {
        if (interval <= 1 || trials == 0)
        {
            return trials;
        }

        var share = 1.0 / interval;
        var mean = trials * share;
        if (mean > 500)
        {
            var drawn = Math.Round(mean + (Math.Sqrt(mean * (1 - share)) * Normal()));
            return (long)Math.Clamp(drawn, 0, trials);
        }

        // Gaps between taken packets are geometric: the cost is one draw per taken packet, not per packet.
        var log = Math.Log(1 - share);
        long taken = 0;
        for (var at = Math.Floor(Math.Log(1 - Share()) / log);
            at < trials;
            at += 1 + Math.Floor(Math.Log(1 - Share()) / log))
        {
            taken++;
        }

        return taken;
    }
}
