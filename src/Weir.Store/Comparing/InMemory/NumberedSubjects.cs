// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Memory;

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

    /// <summary>Asks for the slot of a subject that will soon be looked up.</summary>
    public unsafe void AskSlot(SubjectKey subject) =>
        LargePages.Prefetch(Unsafe.AsPointer(ref _slots[HomeOf(subject)]));

    /// <summary>Asks for the key that the slot names.</summary>
    public unsafe void AskKey(SubjectKey subject)
    {
        if (_slots[HomeOf(subject)] is not 0 and var number)
        {
            LargePages.Prefetch(Unsafe.AsPointer(ref _keys[number - 1]));
        }
    }

    private uint HomeOf(SubjectKey subject)
    {
        var bits = subject.Pseudonym;
        var hash = ((ulong)bits ^ BitOperations.RotateLeft((ulong)(bits >> 64), 29)) * 0x9E37_79B9_7F4A_7C15UL;
        return (uint)(hash >> 32) & ((uint)_slots.Length - 1);
    }

    private uint SlotOf(SubjectKey subject)
    {
        var mask = (uint)_slots.Length - 1;
        for (var at = HomeOf(subject); ; at = (at + 1) & mask)
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
