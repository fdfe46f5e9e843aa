// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Which octets a list is.</summary>
internal static class ListDigest
{
    /// <summary>SHA-256, hexadecimal, of a file or folder as <see cref="FileOctets.Digest"/> has it.</summary>
    /// <exception cref="FeedException">It cannot be read.</exception>
    public static string Of(string path)
    {
        try
        {
            return FileOctets.Digest(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FeedFile.Cannot(path, fault);
        }
    }

    /// <summary>SHA-256 of octets, hexadecimal.</summary>
    public static string Of(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(SHA256.HashData(octets));
}
