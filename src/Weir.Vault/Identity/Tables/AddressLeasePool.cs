// SPDX-License-Identifier: Apache-2.0

namespace Weir.Vault.Identity.Tables;

/// <summary>Holdings by number, in chunks that never move, so that millions of them cost no copying and
/// no heap objects.</summary>
internal sealed class AddressLeasePool(int capacity)
{
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private readonly List<AddressLease[]> _chunks = [];
    private readonly Stack<int> _free = new();
    private int _next;

    public int Count => _next - _free.Count;

    public bool IsFull => _free.Count == 0 && _next >= capacity;

    /// <summary>Numbers up to here may be in use.</summary>
    public int Reach => _next;

    public ref AddressLease this[int id] => ref _chunks[id >> ChunkBits][id & ChunkMask];

    /// <summary>Takes a place; ask <see cref="IsFull"/> first.</summary>
    public int Add(in AddressLease holding)
    {
        if (!_free.TryPop(out var id))
        {
            id = _next++;
            if (id >> ChunkBits == _chunks.Count)
            {
                _chunks.Add(new AddressLease[1 << ChunkBits]);
            }
        }

        this[id] = holding;
        return id;
    }

    public void Free(int id)
    {
        this[id] = default;
        _free.Push(id);
    }
}
