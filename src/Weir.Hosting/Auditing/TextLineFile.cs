// SPDX-License-Identifier: Apache-2.0
//
// Lines as octets: split at line feeds alone, with their number, and what follows the last line feed told apart.
namespace Weir.Hosting.Auditing;

/// <summary>A line of a file.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Octet at which it begins.</param>
/// <param name="Octets">Without its line feed.</param>
/// <param name="IsWhole">Whether a line feed ends it.</param>
internal readonly record struct TextLine(long Number, long Offset, ReadOnlyMemory<byte> Octets, bool IsWhole);

internal static class TextLineFile
{
    private const int MaxOctets = 1 << 24;

    /// <summary>Lines in order. A line longer than 16 MiB comes as one that is not whole, and
    /// ends the reading.</summary>
    public static IEnumerable<TextLine> Read(string path, long from = 0)
    {
        using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        stream.Seek(from, SeekOrigin.Begin);
        var (number, offset) = (0L, from);
        var buffer = new byte[1 << 16];
        var filled = 0;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            var until = filled + read;
            var start = 0;
            while (buffer.AsSpan(start, until - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                yield return new(++number, offset, buffer.AsMemory(start, length), IsWhole: true);
                start += length + 1;
                offset += length + 1;
            }

            filled = until - start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
            if (read == 0 || filled > MaxOctets)
            {
                if (filled > 0)
                {
                    yield return new(number + 1, offset, buffer.AsMemory(0, filled), IsWhole: false);
                }

                yield break;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
