// SPDX-License-Identifier: Apache-2.0
//
// One in so many packets, in the ways it is told: an interval (34, 50), packets taken and packets passed over (305,
// 306), time looked and time not (307, 308), so many out of a population (309, 310), a probability (311), the part of a
// hash's range that is taken (329 to 332); of whole flows likewise (396 to 399). Where the algorithm is named (304) its
// own elements are asked first. Packets taken alone (305 without 306) say nothing, nor does a size without its
// population.
//
// Standards: RFC 5477 §8.2, RFC 7014 §7, IANA registry psamp-parameters (1 systematic count-based, 2 systematic
// time-based, 3 random n-out-of-N, 4 uniform probabilistic, 6 to 8 hash-based), RFC 3954 §8.
namespace Weir.Wire.NetFlow;

/// <summary>The sampling fields of one record while it is being read.</summary>
internal struct RecordSampling
{
    private const int ByTimeSlots = 2;
    private const int NOutOfN = 3;
    private const int Probabilistic = 4;
    private const int FirstHash = 6;
    private const int LastHash = 8;

    private ulong _interval;
    private ulong _taken;
    private ulong _space;
    private ulong _size;
    private ulong _population;
    private double _probability;
    private ulong _algorithm;
    private bool _hasSpace;
    private ulong _looked;
    private ulong _notLooked;
    private bool _hasNotLooked;
    private ulong _rangeMin;
    private ulong _rangeMax;
    private ulong _selectedMin;
    private ulong _selectedMax;

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
                ByTimeSlots => ByTime,
                >= FirstHash and <= LastHash => ByHash,
                _ => ByCount,
            };
            return named != 0 ? named
                : Math.Max(Math.Max(Math.Max(ByCount, OutOf), ByProbability), Math.Max(ByTime, ByHash));
        }
    }

    private readonly uint ByCount => _taken != 0 && _hasSpace ? Ratio((double)_taken + _space, _taken) : 0;

    private readonly uint OutOf =>
        _size != 0 && _population >= _size ? Ratio(_population, _size) : 0;

    private readonly uint ByTime => _looked != 0 && _hasNotLooked ? Ratio((double)_looked + _notLooked, _looked) : 0;

    private readonly uint ByHash => _rangeMax > _rangeMin && _selectedMax >= _selectedMin && _selectedMax <= _rangeMax
        && (_selectedMax | _selectedMin) != 0
            ? Ratio((double)_rangeMax - _rangeMin + 1, (double)_selectedMax - _selectedMin + 1) : 0;

    private readonly uint ByProbability => _probability is > 0 and <= 1 ? Ratio(1, _probability) : 0;

    public void SetField(FieldKind kind, ulong value, int width)
    {
        switch (kind)
        {
            case FieldKind.SamplingInterval:
                _interval = _interval == 0 ? value : _interval;
                break;
            case FieldKind.SamplingPacketInterval:
                _taken = _taken == 0 ? value : _taken;
                break;
            case FieldKind.SamplingPacketSpace:
                (_space, _hasSpace) = _hasSpace ? (_space, true) : (value, width > 0);
                break;
            case FieldKind.SamplingTimeInterval:
                _looked = _looked == 0 ? value : _looked;
                break;
            case FieldKind.SamplingTimeSpace:
                (_notLooked, _hasNotLooked) = _hasNotLooked ? (_notLooked, true) : (value, width > 0);
                break;
            case FieldKind.HashRangeMin:
                _rangeMin = value;
                break;
            case FieldKind.HashRangeMax:
                _rangeMax = value;
                break;
            case FieldKind.HashSelectedMin:
                _selectedMin = value;
                break;
            case FieldKind.HashSelectedMax:
                _selectedMax = value;
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

/// <summary>Options data may speak of what is no sampler: then these numbers stand for one. Records of a template that
/// has a rate of its own name it; no record names a line card or the interface that it left by, so such rates count
/// where all of them agree, and else nobody knows which is meant.</summary>
internal static class OptionsScope
{
    private const uint Templates = 0xFFFF_0000;
    private const uint Cards = 0xFFFE_0000;
    private const uint Outputs = 0xFFFD_0000;

    public static uint OfTemplate(ushort id) => Templates | id;

    public static uint OfCard(ushort number) => Cards | number;

    public static uint OfOutput(uint index) => Outputs | (ushort)index;

    /// <summary>A selector's number (64 bits, RFC 5477 §8.2.1) in 32, beside those that stand for something
    /// else.</summary>
    public static uint Narrow(ulong selector) =>
        selector <= uint.MaxValue ? (uint)selector : Mix((uint)selector, selector >> 32) & int.MaxValue;

    /// <summary>One number of several; never 0.</summary>
    public static uint Mix(uint known, ulong value) =>
        ((known ^ (uint)value ^ (uint)(value >> 32)) * 0x9E37_79B1) | 1;

    /// <summary>The template that a number stands for; 0 where it stands for none.</summary>
    public static ushort TemplateOf(uint selector) =>
        (selector & Templates) == Templates ? (ushort)selector : (ushort)0;
}
