// SPDX-License-Identifier: Apache-2.0
//
// The public half of a person's key, as ssh-keygen writes it into a .pub file: TYPE BASE64 COMMENT.
//
// Standards: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH PROTOCOL.u2f; RFC 5280, 5480 and
// 8410 for what browsers give.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Weir.Contracts.Signing;
using RawKey = NSec.Cryptography.PublicKey;

namespace Weir.Contracts.Ssh;

/// <summary>A public key of SSH. Immutable; equal where the octets are.</summary>
public sealed class SshPublicKey : IEquatable<SshPublicKey>
{
    private const int MaxOctets = 1_024;
    private const int CoordinateOctets = 32;
    private const byte Uncompressed = 4;

    private static ReadOnlySpan<byte> Ed25519Info => [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 3, 0x21, 0];

    private readonly byte[] _blob;
    private readonly RawKey? _ed25519;
    private readonly ECParameters _p256;

    private SshPublicKey(SshKeyType type, byte[] blob, RawKey? ed25519, ECParameters p256, string application)
    {
        (Type, _blob, _ed25519, _p256, Application) = (type, blob, ed25519, p256, application);
        Fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
    }

    public SshKeyType Type { get; }

    /// <summary>The octets that stand in base64 in a <c>.pub</c> file.</summary>
    public ReadOnlySpan<byte> Blob => _blob;

    /// <summary><c>SHA256:…</c>, as <c>ssh-keygen -l</c> prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>What a security key was made for, such as <c>ssh:</c>; empty for others.</summary>
    internal string Application { get; }

    /// <summary>Reads a line of a <c>.pub</c> file; its comment counts for nothing.</summary>
    public static bool TryParse(string? line, [NotNullWhen(true)] out SshPublicKey? key)
    {
        key = null;
        return line is { Length: < 4 * MaxOctets }
            && line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [var type, var text, ..]
            && StrictBase64.TryDecode(text.TrimEnd(), out var blob)
            && TryImport(blob, out key)
            && type == SshKeyTypes.ToName(key.Type);
    }

    /// <summary>Takes the octets of a key. Never throws.</summary>
    public static bool TryImport(ReadOnlySpan<byte> blob, [NotNullWhen(true)] out SshPublicKey? key)
    {
        key = null;
        var reader = new SshReader(blob);
        if (blob.Length > MaxOctets || !reader.TryString(out var name)
            || !SshKeyTypes.TryParse(Encoding.Latin1.GetString(name), out var type))
        {
            return false;
        }

        RawKey? ed25519 = null;
        ECParameters p256 = default;
        if (SshKeyTypes.IsEd25519(type) ? !TryEd25519(ref reader, out ed25519) : !TryP256(ref reader, out p256))
        {
            return false;
        }

        var application = "";
        if (SshKeyTypes.IsSecurityKey(type))
        {
            if (!reader.TryString(out var text) || text.IsEmpty)
            {
                return false;
            }

            application = Encoding.Latin1.GetString(text);
        }

        key = reader.IsAtEnd ? new(type, blob.ToArray(), ed25519, p256, application) : null;
        return key is not null;
    }

    /// <summary>Takes a key as browsers give it: SubjectPublicKeyInfo in DER (RFC 5280 section 4.1, RFC 5480, RFC
    /// 8410). Never throws.</summary>
    public static bool TryImportPublicKeyInfo(ReadOnlySpan<byte> der, [NotNullWhen(true)] out SshPublicKey? key)
    {
        key = null;
        if (der.Length == Ed25519Info.Length + CoordinateOctets && der.StartsWith(Ed25519Info))
        {
            return TryImport(
                new SshWriter().String("ssh-ed25519").String(der[Ed25519Info.Length..]).ToArray(), out key);
        }

        try
        {
            using var read = ECDsa.Create();
            read.ImportSubjectPublicKeyInfo(der, out var length);
            if (length != der.Length)
            {
                return false;
            }

            var point = read.ExportParameters(includePrivateParameters: false);
            return point.Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value && TryImport(
                new SshWriter().String("ecdsa-sha2-nistp256").String("nistp256")
                    .String([Uncompressed, .. point.Q.X!, .. point.Q.Y!]).ToArray(), out key);
        }
        catch (Exception bad) when (bad is CryptographicException or PlatformNotSupportedException) // a strange curve
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(SshPublicKey? other) => other is not null && _blob.AsSpan().SequenceEqual(other._blob);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SshPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    /// <summary><c>TYPE BASE64</c>, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => $"{SshKeyTypes.ToName(Type)} {Convert.ToBase64String(_blob)}";

    /// <summary>Whether a raw signature is this key's over these octets: 64 octets of Ed25519, or the two numbers of
    /// ECDSA, 32 octets each.</summary>
    internal bool Verifies(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature)
    {
        if (_ed25519 is { } ed25519)
        {
            return SignatureAlgorithm.Ed25519.Verify(ed25519, octets, signature);
        }

        using var key = ECDsa.Create(_p256);
        return key.VerifyData(
            octets, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether a signature is this key's over these octets, where ECDSA writes its two numbers in DER.</summary>
    internal bool VerifiesDer(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature)
    {
        if (_ed25519 is { } ed25519)
        {
            return SignatureAlgorithm.Ed25519.Verify(ed25519, octets, signature);
        }

        using var key = ECDsa.Create(_p256);
        return key.VerifyData(octets, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static bool TryEd25519(ref SshReader reader, out RawKey? key)
    {
        key = null;
        return reader.TryString(out var raw)
            && RawKey.TryImport(SignatureAlgorithm.Ed25519, raw, KeyBlobFormat.RawPublicKey, out key);
    }

    private static bool TryP256(ref SshReader reader, out ECParameters key)
    {
        key = default;
        if (!reader.TryString(out var curve) || !curve.SequenceEqual("nistp256"u8)
            || !reader.TryString(out var point) || point.Length != 1 + (2 * CoordinateOctets)
            || point[0] != Uncompressed)
        {
            return false;
        }

        key = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point[1..(1 + CoordinateOctets)].ToArray(), Y = point[^CoordinateOctets..].ToArray() },
        };
        try
        {
            // A point that is not on the curve is found here.
            using var imported = ECDsa.Create(key);
            return imported.KeySize == 8 * CoordinateOctets;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
