// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Contracts.Noise;

/// <summary>Random bits that follow from a key and the name of a cell: blocks of HMAC-SHA256 over the name and the
/// number of the block. Without the key they are as good as fair coins; with it they come again.</summary>
/// <param name="key">32 octets.</param>
/// <param name="cell">Name of the cell.</param>
public sealed class NoiseBits(byte[] key, string cell)
{
    private readonly byte[] _block = new byte[HMACSHA256.HashSizeInBytes];
    private readonly byte[] _input = [0, 0, 0, 0, .. Encoding.UTF8.GetBytes(cell)];
    private uint _next;
    private int _left;

    /// <summary>A whole number below a bound, each equally likely: exact, by throwing away what is too large.</summary>
    /// <param name="bound">At least 1.</param>
    public ulong Below(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        var bits = 64 - BitOperations.LeadingZeroCount(bound - 1);
        while (true)
        {
            var drawn = 0UL;
            for (var i = 0; i < bits; i++)
            {
                drawn = (drawn << 1) | Bit();
            }

            if (drawn < bound)
            {
                return drawn;
            }
        }
    }

    private ulong Bit()
    {
        if (_left == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_input, _next++);
            HMACSHA256.HashData(key, _input, _block);
            _left = _block.Length * 8;
        }

        _left--;
        return (ulong)(_block[_left >> 3] >> (_left & 7)) & 1;
    }
}
