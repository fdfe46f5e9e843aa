// SPDX-License-Identifier: Apache-2.0
//
// One in so many packets, in the five ways it is told: an interval (34, 50), packets taken and packets passed over
// (305, 306), so many out of a population (309, 310), a probability (311). Where the algorithm is named (304) its own
// elements are asked first. Packets taken alone (305 without 306) say nothing, nor does a size without its population.
//
// Standards: RFC 5477 §8.2, IANA registry psamp-parameters (1 systematic count-based, 3 random n-out-of-N, 4 uniform
// probabilistic), RFC 3954 §8.
namespace Weir.Wire.NetFlow;

/// <summary>The sampling fields of one record while it is being read.</summary>
internal struct RecordSampling
{
    private const int NOutOfN = 3;
    private const int Probabilistic = 4;

    private ulong _interval;
    private ulong _taken;
    private ulong _space;
    private ulong _size;
    private ulong _population;
    private double _probability;
    private ulong _algorithm;
    private bool _hasSpace;

    /// <summary>One in so many, rounded; 0 = not said.</summary>
    public readonly uint Interval
    {
        get
        {
            if (_interval != 0)
            {
                return (uint)Math.Min(_interval, uint.MaxValue);
            }

            var named = _algorithm switch
            {
                NOutOfN => OutOf,
                Probabilistic => ByProbability,
                _ => ByCount,
            };
            return named != 0 ? named : Math.Max(Math.Max(ByCount, OutOf), ByProbability);
        }
    }

    private readonly uint ByCount => _taken != 0 && _hasSpace ? Ratio((double)_taken + _space, _taken) : 0;

    private readonly uint OutOf =>
        _size != 0 && _population >= _size ? Ratio(_population, _size) : 0;

    private readonly uint ByProbability => _probability is > 0 and <= 1 ? Ratio(1, _probability) : 0;

    public void SetField(FieldKind kind, ulong value, int width)
    {
        switch (kind)
        {
            case FieldKind.SamplingInterval:
                _interval = _interval == 0 ? value : _interval;
                break;
            case FieldKind.SamplingPacketInterval:
                _taken = value;
                break;
            case FieldKind.SamplingPacketSpace:
                (_space, _hasSpace) = (value, width > 0);
                break;
            case FieldKind.SamplingSize:
                _size = value;
                break;
            case FieldKind.SamplingPopulation:
                _population = value;
                break;
            case FieldKind.SelectorAlgorithm:
                _algorithm = value;
                break;
            default:
                _probability = width == sizeof(float)
                    ? BitConverter.UInt32BitsToSingle((uint)value)
                    : BitConverter.UInt64BitsToDouble(value);
                break;
        }
    }

    private static uint Ratio(double whole, double part) =>
        (uint)Math.Clamp(Math.Round(whole / part), 1, uint.MaxValue);
}
