// SPDX-License-Identifier: Apache-2.0
//
// Files that somebody else puts there. To open a pipe is to wait for whoever writes it, and a device has no end, so
// what is no ordinary file is refused before it is opened. A link to one counts: configuration managers and
// orchestrators put those there.
using System.Text;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Files;

/// <summary>Reads ordinary files, and links to them. Every refusal names the file and the fix.</summary>
internal static class OrdinaryFile
{
    /// <summary>Opens a file to read.</summary>
    /// <exception cref="IOException">It is a folder, a pipe, a socket or a device, is not there, or cannot be read.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static FileStream Open(string path) =>
        PathOwner.Get(path, followsLinks: true) is { IsFile: false }
            ? throw new IOException($"{path} is no ordinary file; put one there")
            : File.OpenRead(path);

    /// <summary>All of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Octets that it may have.</param>
    /// <exception cref="IOException">It has more, is no ordinary file, is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static byte[] Read(string path, int most)
    {
        using var file = Open(path);
        if (file.Length > most)
        {
            throw new IOException($"{path} is larger than the {most} octets that it may have; put a smaller one there");
        }

        var octets = new byte[file.Length];
        file.ReadExactly(octets);
        return file.ReadByte() < 0 ? octets
            : throw new IOException($"{path} grew while it was read; write it beside and rename it");
    }

    /// <summary>The same; null where there is none.</summary>
    /// <inheritdoc cref="Read"/>
    public static byte[]? ReadIfAny(string path, int most) => Path.Exists(path) ? Read(path, most) : null;

    /// <summary>The same as text of UTF-8.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadText(string path, int most)
    {
        using var text = new StreamReader(new MemoryStream(Read(path, most)), Encoding.UTF8);
        return text.ReadToEnd();
    }

    /// <summary>The lines of a file, as they are asked for.</summary>
    /// <inheritdoc cref="Open"/>
    public static IEnumerable<string> Lines(string path)
    {
        using var text = new StreamReader(Open(path), Encoding.UTF8);
        while (text.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
