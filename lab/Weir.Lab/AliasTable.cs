// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab;

/// <summary>Draws an index with the share its weight has, in constant time (Walker 1977, Vose 1991).</summary>
internal sealed class AliasTable
{
    private readonly float[] _keep;
    private readonly int[] _other;

    public AliasTable(ReadOnlySpan<double> weights)
    {
        var count = weights.Length;
        _keep = new float[count];
        _other = new int[count];
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var scaled = new double[count];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < count; i++)
        {
            scaled[i] = weights[i] * count / sum;
            (scaled[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            _keep[less] = (float)scaled[less];
            _other[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        foreach (var rest in large.Concat(small))
        {
            _keep[rest] = 1;
            _other[rest] = rest;
        }
    }

    public int Draw(Dice dice)
    {
        var at = dice.Below(_keep.Length);
        return dice.Share() < _keep[at] ? at : _other[at];
    }
}
