// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Numbers that subjects bear, several or none each, those of a subject together.</summary>
internal sealed class SubjectNumbers
{
    private readonly int[] _starts;
    private readonly ushort[] _numbers;

    /// <param name="subjects">How many subjects there are.</param>
    /// <param name="borne">Subject and number; any order.</param>
    public SubjectNumbers(int subjects, IReadOnlyCollection<(int Subject, ushort Number)> borne)
    {
        _starts = new int[subjects + 1];
        _numbers = new ushort[borne.Count];
        foreach (var (subject, number) in borne)
        {
            _starts[subject + 1]++;
            Largest = Math.Max(Largest, number);
        }

        for (var subject = 0; subject < subjects; subject++)
        {
            _starts[subject + 1] += _starts[subject];
        }

        var next = (int[])_starts.Clone();
        foreach (var (subject, number) in borne)
        {
            _numbers[next[subject]++] = number;
        }
    }

    public ushort Largest { get; }

    /// <summary>Which subjects bear any.</summary>
    public bool[] Borne()
    {
        var marks = new bool[_starts.Length - 1];
        for (var subject = 0; subject < marks.Length; subject++)
        {
            marks[subject] = _starts[subject] != _starts[subject + 1];
        }

        return marks;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<ushort> Of(uint subject) =>
        _numbers.AsSpan(_starts[subject], _starts[subject + 1] - _starts[subject]);
}
