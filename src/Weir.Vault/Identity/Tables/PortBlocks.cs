// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Tables;

/// <summary>The port blocks of one outside address, by their first port; blocks of different
/// times may overlap.</summary>
internal sealed class PortBlocks
{
    private readonly List<uint> _blocks = [];
    private int _widest;

    public void Add(ushort from, ushort to)
    {
        var at = _blocks.BinarySearch(Packed(from, to));
        if (at < 0)
        {
            _blocks.Insert(~at, Packed(from, to));
        }

        _widest = Math.Max(_widest, to - from + 1);
    }

    /// <summary>Forgets a block; true where it was the last.</summary>
    public bool Remove(ushort from, ushort to)
    {
        _blocks.Remove(Packed(from, to));
        return _blocks.Count == 0;
    }

    /// <summary>Every block with a port in it.</summary>
    public IEnumerable<(ushort From, ushort To)> Around(ushort port)
    {
        var at = _blocks.BinarySearch(Packed(port, ushort.MaxValue));
        for (var i = at < 0 ? ~at - 1 : at; i >= 0 && (_blocks[i] >> 16) + _widest > port; i--)
        {
            if ((ushort)_blocks[i] >= port)
            {
                yield return ((ushort)(_blocks[i] >> 16), (ushort)_blocks[i]);
            }
        }
    }

    private static uint Packed(ushort from, ushort to) => ((uint)from << 16) | to;
}
