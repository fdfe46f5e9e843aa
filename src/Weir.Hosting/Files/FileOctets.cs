// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Weir.Hosting.Files;

/// <summary>What a file holds, octet for octet.</summary>
internal static class FileOctets
{
    /// <summary>SHA-256, hexadecimal: of a file; of a folder over the lines that <c>sha256sum *</c> prints of its
    /// files, by their names.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string Digest(string path) => !Directory.Exists(path) ? DigestOf(path)
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
            Directory.GetFiles(path).Order(StringComparer.Ordinal)
                .Select(file => $"{DigestOf(file)}  {Path.GetFileName(file)}\n")))));

    /// <summary>All of a file; null where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Octets that are read at most.</param>
    /// <exception cref="IOException">It holds more, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static byte[]? ReadIfAny(string path, int most)
    {
        if (!Path.Exists(path))
        {
            return null;
        }

        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder");
        }

        using var file = File.OpenRead(path);
        if (file.Length > most)
        {
            throw new IOException($"it is larger than {most} octets");
        }

        var octets = new byte[file.Length];
        file.ReadExactly(octets);
        return octets;
    }

    private static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

/// <summary>A file that is worked with and gone when that is done; its folder is made.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly string _path;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public ScratchFile(string path)
    {
        _path = path;
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    public void Dispose() => File.Delete(_path);
}
