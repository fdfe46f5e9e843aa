// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Tables;

/// <summary>The port blocks of one outside address, by their first port; blocks of different times, and of different
/// protocols, may overlap.</summary>
internal sealed class PortBlocks
{
    private readonly List<ulong> _blocks = [];
    private int _widest;

    public void Add(ushort from, ushort to, byte protocol)
    {
        var at = _blocks.BinarySearch(Packed(from, to, protocol));
        if (at < 0)
        {
            _blocks.Insert(~at, Packed(from, to, protocol));
        }

        _widest = Math.Max(_widest, to - from + 1);
    }

    /// <summary>Forgets a block; true where it was the last.</summary>
    public bool Remove(ushort from, ushort to, byte protocol)
    {
        _blocks.Remove(Packed(from, to, protocol));
        return _blocks.Count == 0;
    }

    /// <summary>Every block with a port in it that is of a protocol, or of all; every one where 0 is asked.</summary>
    public IEnumerable<(ushort From, ushort To, byte Protocol)> Around(ushort port, byte protocol)
    {
        var at = _blocks.BinarySearch(Packed(port, ushort.MaxValue, byte.MaxValue));
        for (var i = at < 0 ? ~at - 1 : at; i >= 0 && (int)(_blocks[i] >> 24) + _widest > port; i--)
        {
            var (to, own) = ((ushort)(_blocks[i] >> 8), (byte)_blocks[i]);
            if (to >= port && (own == 0 || protocol == 0 || own == protocol))
            {
                yield return ((ushort)(_blocks[i] >> 24), to, own);
            }
        }
    }

    private static ulong Packed(ushort from, ushort to, byte protocol) =>
        ((ulong)from << 24) | ((ulong)to << 8) | protocol;
}
