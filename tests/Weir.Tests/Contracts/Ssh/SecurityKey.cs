// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Signing;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Ssh;

/// <summary>What a security key does, without one: OpenSSH's PROTOCOL.u2f.</summary>
internal sealed class SecurityKey : IDisposable
{
    private const string Application = "ssh:";

    private readonly SigningKey _ed25519 = SigningKey.Create();
    private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly SshKeyType _type;

    public SecurityKey(SshKeyType type)
    {
        _type = type;
        var blob = new SshWriter().String(SshKeyTypes.ToName(type));
        if (SshKeyTypes.IsEd25519(type))
        {
            blob.String(_ed25519.Public.Raw);
        }
        else
        {
            var point = _p256.ExportParameters(includePrivateParameters: false).Q;
            blob.String("nistp256").String([4, .. point.X!, .. point.Y!]);
        }

        if (SshKeyTypes.IsSecurityKey(type))
        {
            blob.String(Application);
        }

        Assert.True(SshPublicKey.TryImport(blob.ToArray(), out var key));
        Public = key;
    }

    public SshPublicKey Public { get; }

    public SshSignature Sign(byte[] message, string forNamespace, byte flags = 1)
    {
        const uint Counter = 7;
        var octets = SshSignature.SignedOctets(message, forNamespace);
        octets = SshKeyTypes.IsSecurityKey(_type)
            ? SshSignature.SecurityKeyOctets(Application, octets, flags, Counter)
            : octets;
        var made = new SshWriter().String(SshKeyTypes.ToName(_type));
        if (SshKeyTypes.IsEd25519(_type))
        {
            made.String(_ed25519.SignBare(octets));
        }
        else
        {
            var raw = _p256.SignData(octets, HashAlgorithmName.SHA256);
            made.String(new SshWriter().Unsigned(raw.AsSpan(0, 32)).Unsigned(raw.AsSpan(32)).ToArray());
        }

        if (SshKeyTypes.IsSecurityKey(_type))
        {
            made.Raw(flags).UInt32(Counter);
        }

        return SshSignature.Create(Public, forNamespace, made.ToArray());
    }

    public void Dispose()
    {
        _ed25519.Dispose();
        _p256.Dispose();
    }
}
