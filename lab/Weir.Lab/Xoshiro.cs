// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab;

/// <summary>xoshiro256** (Blackman and Vigna 2018), seeded by SplitMix64: the same numbers for a seed in
/// every language.</summary>
internal sealed class Xoshiro
{
    private ulong _a, _b, _c, _d;

    public Xoshiro(ulong seed)
    {
        ulong Fill()
        {
            seed += 0x9E37_79B9_7F4A_7C15UL;
            var x = (seed ^ (seed >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBUL;
            return x ^ (x >> 31);
        }

        (_a, _b, _c, _d) = (Fill(), Fill(), Fill(), Fill());
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / 9007199254740992.0);

    /// <summary>Standard normal (Box and Muller).</summary>
    public double Normal()
    {
        var (a, b) = (Unit(), Unit());
        return Math.Sqrt(-2 * Math.Log(a + 1e-300)) * Math.Cos(6.283185307179586 * b);
    }

    public int Poisson(double mean)
    {
        if (mean > 200)
        {
            return Math.Max(0, (int)Math.Floor(mean + (Math.Sqrt(mean) * Normal()) + 0.5));
        }

        var (limit, product, count) = (Math.Exp(-mean), 1.0, 0);
        do
        {
            count++;
            product *= Unit();
        }
        while (product > limit);
        return count - 1;
    }
}
