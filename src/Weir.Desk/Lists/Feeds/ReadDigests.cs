// SPDX-License-Identifier: Apache-2.0
//
// Octets of a list are hashed as they go by to whoever reads them. So a digest is of what was read, and of nothing that
// came into its place before or after.
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Digests of the files that one reading of a list read. For one thread.</summary>
internal sealed class ReadDigests
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>Has octets read, all of them, and keeps their digest.</summary>
    /// <param name="path">The file they are of.</param>
    /// <param name="from">The octets.</param>
    /// <param name="use">Reads them.</param>
    /// <exception cref="FeedException">The file was read before and held something else then.</exception>
    public void Read(string path, Stream from, Action<Stream> use)
    {
        using var hash = SHA256.Create();
        using (var through = new CryptoStream(from, hash, CryptoStreamMode.Read, leaveOpen: true))
        {
            use(through);
            through.CopyTo(Stream.Null);
        }

        var (name, digest) = (Path.GetFileName(path), Convert.ToHexStringLower(hash.Hash!));
        if (!_files.TryAdd(name, digest) && _files[name] != digest)
        {
            throw FeedFile.Cannot(path, "changed while it was read");
        }
    }

    /// <summary>SHA-256, hexadecimal, of what was read: of a file; of a folder as <see cref="FileOctets.Digest"/> has
    /// it, files that nobody read with what they hold now.</summary>
    /// <param name="path">File or folder.</param>
    /// <exception cref="FeedException">A file of the folder cannot be read.</exception>
    public string Of(string path)
    {
        try
        {
            return Directory.Exists(path) ? FileOctets.DigestOfFolder(path, _files) : _files[Path.GetFileName(path)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FeedFile.Cannot(path, fault);
        }
    }
}
