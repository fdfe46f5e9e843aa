// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Contracts.Noise;

/// <summary>The key of one window's noise: the same cell of the window always gets the same draw, and without the key
/// nobody can take it off again. Cleared when it is disposed of.</summary>
public sealed class NoiseKey : IFigureNoise
{
    public const int Octets = 32;

    private static readonly byte[] Label = "weir-noise/1 window"u8.ToArray();

    private readonly byte[] _key;
    private readonly bool _mixesCounts;

    /// <param name="key">32 octets; copied.</param>
    /// <param name="mixesCounts">Whether another count of a cell has another draw: where the same key may meet the same
    /// cell with other lists or another sampling rate, one draw would show the difference of the two.</param>
    /// <exception cref="ArgumentException">Not 32 octets.</exception>
    public NoiseKey(ReadOnlySpan<byte> key, bool mixesCounts = false)
    {
        _mixesCounts = mixesCounts;
        if (key.Length != Octets)
        {
            throw new ArgumentException($"a noise key has {Octets} octets, not {key.Length}", nameof(key));
        }

        _key = GC.AllocateArray<byte>(Octets, pinned: true);
        key.CopyTo(_key);
    }

    /// <summary>The key of a window out of the one from which keys of windows are derived.</summary>
    /// <param name="master">32 octets.</param>
    /// <param name="fromDay">First UTC day since the UNIX epoch.</param>
    /// <param name="untilDay">The first that is not in the window.</param>
    public static byte[] DeriveWindow(ReadOnlySpan<byte> master, uint fromDay, uint untilDay)
    {
        Span<byte> input = stackalloc byte[Label.Length + (2 * sizeof(uint))];
        Label.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[Label.Length..], fromDay);
        BinaryPrimitives.WriteUInt32BigEndian(input[(Label.Length + sizeof(uint))..], untilDay);
        return HMACSHA256.HashData(master, input);
    }

    /// <summary>Discrete Laplace noise of scale 1.</summary>
    public long Draw(string cell) => DiscreteLaplace.Sample(new NoiseBits(_key, cell));

    public string NameOf(string cell, long exact) =>
        _mixesCounts ? string.Create(CultureInfo.InvariantCulture, $"{cell} of {exact}") : cell;

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
