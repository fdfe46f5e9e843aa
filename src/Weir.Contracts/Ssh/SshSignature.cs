// SPDX-License-Identifier: Apache-2.0
//
// What `ssh-keygen -Y sign` writes. A signature covers its namespace, so that none made for one purpose stands for
// another; of the digests SHA-512, ssh-keygen's own, and SHA-256 are taken.
//
// Standards: OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f.
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Ssh;

/// <summary>A detached signature over a text or a file. Immutable.</summary>
public sealed class SshSignature
{
    /// <summary>Longest armored text that is read, characters.</summary>
    public const int MaxText = 8 << 10;

    private const string Head = "-----BEGIN SSH SIGNATURE-----";
    private const string Tail = "-----END SSH SIGNATURE-----";
    private const int LineLength = 70;
    private const uint Version = 1;
    private const int RawOctets = 64;
    private const byte UserPresent = 1;

    private readonly byte[] _blob;
    private readonly string _digest;
    private readonly byte[] _raw;
    private readonly byte _flags;
    private readonly uint _counter;

    private SshSignature(
        byte[] blob, SshPublicKey key, string madeFor, string digest, (byte[] Raw, byte Flags, uint Counter) made)
    {
        (_blob, Key, Namespace, _digest) = (blob, key, madeFor, digest);
        (_raw, _flags, _counter) = made;
    }

    /// <summary>The key that it says made it.</summary>
    public SshPublicKey Key { get; }

    /// <summary>What it was made for.</summary>
    public string Namespace { get; }

    /// <summary>The octets that stand in base64 between the two lines.</summary>
    public ReadOnlySpan<byte> Blob => _blob;

    private static ReadOnlySpan<byte> Magic => "SSHSIG"u8;

    /// <summary>Reads the armored text, line feeds or carriage returns and line feeds. Never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SshSignature? signature)
    {
        signature = null;
        if (text is not { Length: <= MaxText })
        {
            return false;
        }

        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        return lines.Length > 2 && lines[0] == Head && lines[^1] == Tail
            && StrictBase64.TryDecode(string.Concat(lines[1..^1]), out var blob)
            && TryImport(blob, out signature);
    }

    /// <summary>Takes the octets between the two lines. Never throws.</summary>
    public static bool TryImport(ReadOnlySpan<byte> blob, [NotNullWhen(true)] out SshSignature? signature)
    {
        signature = null;
        var reader = new SshReader(blob);
        if (!reader.TryTake(Magic.Length, out var magic) || !magic.SequenceEqual(Magic)
            || !reader.TryUInt32(out var version) || version != Version
            || !reader.TryString(out var named) || !SshPublicKey.TryImport(named, out var key)
            || !reader.TryString(out var madeFor) || madeFor.IsEmpty
            || !reader.TryString(out var reserved) || !reserved.IsEmpty
            || !reader.TryString(out var digest) || Encoding.Latin1.GetString(digest) is not ("sha512" or "sha256")
            || !reader.TryString(out var made) || !reader.IsAtEnd
            || !TryReadMade(made, key.Type, out var raw))
        {
            return false;
        }

        signature = new(
            blob.ToArray(), key, Encoding.Latin1.GetString(madeFor), Encoding.Latin1.GetString(digest), raw);
        return true;
    }

    /// <summary>Looks whether it is its key's over a message, for a purpose. Whose key it is, is for others to say.
    /// </summary>
    public SshSignatureFault Verify(ReadOnlySpan<byte> message, string forNamespace)
    {
        if (Namespace != forNamespace)
        {
            return SshSignatureFault.OtherNamespace;
        }

        var octets = SignedOctets(message, Namespace, _digest);
        if (SshKeyTypes.IsSecurityKey(Key.Type))
        {
            if ((_flags & UserPresent) == 0)
            {
                return SshSignatureFault.NotPresent;
            }

            octets = SecurityKeyOctets(Key.Application, octets, _flags, _counter);
        }

        return Key.Verifies(octets, _raw) ? SshSignatureFault.None : SshSignatureFault.BadSignature;
    }

    /// <summary>The armored text, as ssh-keygen writes and reads it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var line in Convert.ToBase64String(_blob).Chunk(LineLength))
        {
            _ = text.Append(line).Append('\n');
        }

        return text.Append(Tail).Append('\n').ToString();
    }

    /// <summary>What a key signs, with ssh-keygen's digest.</summary>
    public static byte[] SignedOctets(ReadOnlySpan<byte> message, string forNamespace) =>
        SignedOctets(message, forNamespace, "sha512");

    /// <summary>Puts a signature together that a key of this program's own made: self-tests and tests.</summary>
    /// <param name="key">The key.</param>
    /// <param name="forNamespace">What it was made for.</param>
    /// <param name="made">The algorithm's own part, as PROTOCOL.sshsig has it.</param>
    public static SshSignature Create(SshPublicKey key, string forNamespace, ReadOnlySpan<byte> made) => TryImport(
        new SshWriter().Raw(Magic).UInt32(Version).String(key.Blob).String(forNamespace).String("").String("sha512")
            .String(made).ToArray(),
        out var signature)
        ? signature
        : throw new ArgumentException("this is no signature of that key's kind", nameof(made));

    /// <summary>What a security key signs (PROTOCOL.u2f).</summary>
    internal static byte[] SecurityKeyOctets(
        string application, ReadOnlySpan<byte> signed, byte flags, uint counter)
    {
        var octets = new byte[(2 * SHA256.HashSizeInBytes) + 1 + sizeof(uint)];
        SHA256.HashData(Encoding.Latin1.GetBytes(application), octets);
        octets[SHA256.HashSizeInBytes] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(SHA256.HashSizeInBytes + 1), counter);
        SHA256.HashData(signed, octets.AsSpan(SHA256.HashSizeInBytes + 1 + sizeof(uint)));
        return octets;
    }

    private static byte[] SignedOctets(ReadOnlySpan<byte> message, string forNamespace, string digest) =>
        new SshWriter().Raw(Magic).String(forNamespace).String("").String(digest)
            .String(digest == "sha512" ? SHA512.HashData(message) : SHA256.HashData(message)).ToArray();

    private static bool TryReadMade(
        ReadOnlySpan<byte> made, SshKeyType type, out (byte[] Raw, byte Flags, uint Counter) read)
    {
        read = default;
        var reader = new SshReader(made);
        if (!reader.TryString(out var name) || !SshKeyTypes.TryParse(Encoding.Latin1.GetString(name), out var madeBy)
            || madeBy != type || !reader.TryString(out var signature))
        {
            return false;
        }

        var raw = new byte[RawOctets];
        if (SshKeyTypes.IsEd25519(type))
        {
            if (signature.Length != RawOctets)
            {
                return false;
            }

            signature.CopyTo(raw);
        }
        else
        {
            var numbers = new SshReader(signature);
            if (!numbers.TryUnsigned(raw.AsSpan(0, RawOctets / 2)) || !numbers.TryUnsigned(raw.AsSpan(RawOctets / 2))
                || !numbers.IsAtEnd)
            {
                return false;
            }
        }

        var (flags, counter) = ((byte)0, 0u);
        if (SshKeyTypes.IsSecurityKey(type) && !(reader.TryByte(out flags) && reader.TryUInt32(out counter)))
        {
            return false;
        }

        read = (raw, flags, counter);
        return reader.IsAtEnd;
    }
}
