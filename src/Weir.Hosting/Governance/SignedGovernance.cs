// SPDX-License-Identifier: Apache-2.0
//
// governance.yaml with the signatures beside it. Nothing of it counts by lying there: the octets are verified by
// whoever reads them. A file that others than its owner may write is refused.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Ssh;
using Weir.Hosting.Configuration;
using Weir.Hosting.Files;

namespace Weir.Hosting.Governance;

/// <summary>A file and its signatures, as they lie.</summary>
/// <param name="Octets">Exactly what was signed.</param>
/// <param name="Signatures">Of FILE.d, each with its file's name; unreadable ones are null.</param>
public sealed record SignedGovernance(
    ReadOnlyMemory<byte> Octets, IReadOnlyList<(string File, SshSignature? Signature)> Signatures)
{
    private const int MaxOctets = 1 << 20;
    private const int MostSignatures = 1_024;

    /// <summary>SHA-256 of the octets, hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Octets.Span));

    /// <summary>Where its signatures lie.</summary>
    public static string SignaturesOf(string file) => file + ".d";

    /// <summary>Reads both; null where there is no file.</summary>
    /// <exception cref="InvalidDataException">Others may write it, it is far too large, or not to be read.</exception>
    public static SignedGovernance? Read(string file)
    {
        try
        {
            if (!Path.Exists(file))
            {
                return null;
            }

            var octets = ReadOwn(file, MaxOctets);
            var folder = SignaturesOf(file);
            string[] signatures = Directory.Exists(folder)
                ? [.. Directory.GetFiles(folder, "*.sig").Order(StringComparer.Ordinal).Take(MostSignatures)]
                : [];
            return new(octets, [.. signatures.Select(path => (Path.GetFileName(path), ReadSignature(path)))]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>What it says, or every fault of it.</summary>
    /// <exception cref="InvalidDataException">It is no UTF-8: it could not be kept octet by octet.</exception>
    internal ConfigurationReading<GovernanceDocument> Parse()
    {
        var text = Encoding.UTF8.GetString(Octets.Span);
        return Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(Octets.Span)
            ? ConfigurationReader.Read<GovernanceDocument>(text, _ => null)
            : throw new InvalidDataException("what is governed is no UTF-8; save the file so, and have it signed anew");
    }

    /// <summary>Writes both; the signatures first, so that the file is never there without them.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string file)
    {
        var folder = SignaturesOf(file);
        _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
        foreach (var (name, signature) in Signatures.Where(one => one.Signature is not null))
        {
            AtomicFile.Write(Path.Combine(folder, name), signature!.ToString());
        }

        AtomicFile.Write(file, Encoding.UTF8.GetString(Octets.Span));
    }

    /// <summary>Anybody may lay a file there: one that cannot be read is none, and is named so.</summary>
    private static SshSignature? ReadSignature(string path)
    {
        try
        {
            return SshSignature.TryParse(
                Encoding.Latin1.GetString(ReadOwn(path, SshSignature.MaxText)), out var signature) ? signature : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private static byte[] ReadOwn(string path, int most)
    {
        OwnedFile.Require(path);
        return OrdinaryFile.Read(path, most);
    }
}
