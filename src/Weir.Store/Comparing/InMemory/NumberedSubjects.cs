// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Numbers subjects from 0 in the order they come, so that what is said of each lies in plain
/// arrays.</summary>
internal sealed class NumberedSubjects
{
    private SubjectKey[] _keys = new SubjectKey[1_024];

    /// <summary>Open addressing: a subject's number plus one; 0 = free.</summary>
    private uint[] _slots = new uint[2_048];

    public int Count { get; private set; }

    public SubjectKey this[int number] => _keys[number];

    /// <summary>The subject's number; a new subject gets the next.</summary>
    public int GetOrAdd(SubjectKey subject)
    {
        var at = SlotOf(subject);
        if (_slots[at] != 0)
        {
            return (int)_slots[at] - 1;
        }

        if (Count == _keys.Length)
        {
            Grow();
            at = SlotOf(subject);
        }

        _keys[Count] = subject;
        _slots[at] = (uint)++Count;
        return Count - 1;
    }

    /// <summary>The subject's number, or -1.</summary>
    public int Find(SubjectKey subject) => (int)_slots[SlotOf(subject)] - 1;

    private uint SlotOf(SubjectKey subject)
    {
        var mask = (uint)_slots.Length - 1;
        var bits = subject.Pseudonym;
        var hash = ((ulong)bits ^ BitOperations.RotateLeft((ulong)(bits >> 64), 29)) * 0x9E37_79B9_7F4A_7C15UL;
        for (var at = (uint)(hash >> 32) & mask; ; at = (at + 1) & mask)
        {
            if (_slots[at] == 0 || _keys[_slots[at] - 1] == subject)
            {
                return at;
            }
        }
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        _slots = new uint[_slots.Length * 2];
        for (var number = 0; number < Count; number++)
        {
            _slots[SlotOf(_keys[number])] = (uint)number + 1;
        }
    }
}
