// SPDX-License-Identifier: Apache-2.0
//
// One in so many packets, in the five ways it is told: an interval (34, 50), packets taken and packets passed over
// (305, 306), so many out of a population (309, 310), a probability (311). Standards: RFC 5477 §8.2, RFC 3954 §8.
namespace Weir.Wire.NetFlow;

/// <summary>The sampling fields of one record while it is being read.</summary>
internal struct RecordSampling
{
    private ulong _interval;
    private ulong _taken;
    private ulong _space;
    private ulong _size;
    private ulong _population;
    private double _probability;

    /// <summary>One in so many, rounded; 0 = not said.</summary>
    public readonly uint Interval
    {
        get
        {
            if (_interval != 0)
            {
                return (uint)Math.Min(_interval, uint.MaxValue);
            }

            if (_taken != 0)
            {
                return Ratio((double)_taken + _space, _taken);
            }

            if (_size != 0 && _population != 0)
            {
                return Ratio(_population, _size);
            }

            return _probability is > 0 and <= 1 ? Ratio(1, _probability) : 0;
        }
    }

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
                _space = value;
                break;
            case FieldKind.SamplingSize:
                _size = value;
                break;
            case FieldKind.SamplingPopulation:
                _population = value;
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
