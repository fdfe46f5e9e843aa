// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Weir.Hosting.Files;

/// <summary>Which octets a file holds.</summary>
internal static class FileOctets
{
    /// <summary>SHA-256, hexadecimal: of a file; of a folder over the lines that <c>sha256sum *</c> prints of its
    /// files, by their names.</summary>
    /// <exception cref="IOException">It is not there, no ordinary file, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string Digest(string path) => Directory.Exists(path)
        ? DigestOfFolder(path, new Dictionary<string, string>()) : DigestOf(path);

    /// <summary>The same of a folder of which some files were read already.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="read">Their digests, by their names; the others are read now.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read one.</exception>
    public static string DigestOfFolder(string folder, IReadOnlyDictionary<string, string> read) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
            Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Union(read.Keys)
                .Order(StringComparer.Ordinal).Select(name =>
                    $"{(read.TryGetValue(name, out var digest) ? digest : DigestOf(Path.Combine(folder, name)))}  {name}\n")))));

    private static string DigestOf(string path)
    {
        using var file = OrdinaryFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
