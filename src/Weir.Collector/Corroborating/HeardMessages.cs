// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Corroborating;

/// <summary>The last messages of a stream, by their numbers. Memory is taken with the first.</summary>
internal sealed class HeardMessages
{
    /// <summary>So many are remembered.</summary>
    public const int Remembered = 64;

    private Heard[]? _heard;
    private int _count;
    private int _newest = -1;

    private readonly record struct Heard(uint Number, uint Units, ulong Digest);

    public void Add(uint number, uint units, ulong digest)
    {
        _heard ??= new Heard[Remembered];
        _newest = (_newest + 1) % Remembered;
        _heard[_newest] = new(number, Math.Max(1, units), digest);
        _count = Math.Min(Remembered, _count + 1);
    }

    /// <summary>Whether a number was told; and whether by the same datagram.</summary>
    public bool Has(uint number, ulong digest, out bool isCopy)
    {
        for (var i = 0; i < _count; i++)
        {
            ref var one = ref _heard![i];
            if (number - one.Number < one.Units)
            {
                isCopy = one.Number == number && one.Digest == digest;
                return true;
            }
        }

        return isCopy = false;
    }

    /// <summary>How far before a number the lowest lies that is remembered; 0 where none is.</summary>
    public int ReachBefore(uint next)
    {
        var reach = 0;
        for (var i = 0; i < _count; i++)
        {
            reach = Math.Max(reach, (int)(next - _heard![i].Number));
        }

        return reach;
    }
}
