// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck.Xunit;
using Weir.Contracts.Approvals;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Ssh;

/// <summary>Signatures of SSH, judged by the real ssh-keygen both ways: what it signs holds here, what is signed here
/// holds there, and both refuse the same.</summary>
public sealed class SshSignatureTests
{
    private const string Message = "weir-approval/1\nreason: the customer does not answer mail\n";

    public static TheoryData<string, string[]> Kinds => new()
    {
        { "ed", ["-t", "ed25519"] },
        { "ec", ["-t", "ecdsa", "-b", "256"] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_ssh_keygen_signs_holds_and_nothing_beside_it(string name, string[] kind)
    {
        using var ssh = new SshKeygen();
        Assert.True(SshPublicKey.TryParse(ssh.Make(name, kind), out var key));
        foreach (var digest in (string[])["sha512", "sha256"])
        {
            var text = ssh.Sign(name, Message, SignatureNamespace.Approval, "-O", "hashalg=" + digest);
            Assert.True(SshSignature.TryParse(text, out var signature));
            Assert.Equal(key, signature.Key);
            Assert.Equal(text, signature.ToString());
            Assert.Equal(SshSignatureFault.None, Verify(signature, Message, SignatureNamespace.Approval));
            Assert.Equal(SshSignatureFault.BadSignature, Verify(signature, Message + " ", SignatureNamespace.Approval));
            Assert.Equal(
                SshSignatureFault.OtherNamespace, Verify(signature, Message, SignatureNamespace.Governance));
        }

        Assert.Equal($"SHA256:{ssh.Run("", "-l", "-f", ssh.At(name + ".pub")).Output.Split(' ')[1][7..]}",
            key.Fingerprint);
    }

    [Theory]
    [InlineData(SshKeyType.Ed25519)]
    [InlineData(SshKeyType.EcdsaP256)]
    [InlineData(SshKeyType.SecurityKeyEd25519)]
    [InlineData(SshKeyType.SecurityKeyEcdsaP256)]
    public void What_is_signed_here_holds_for_ssh_keygen(SshKeyType type)
    {
        using var ssh = new SshKeygen();
        using var key = new SecurityKey(type);
        var signature = key.Sign(Encoding.UTF8.GetBytes(Message), SignatureNamespace.Approval);
        var allowed = $"ana namespaces=\"{SignatureNamespace.All}\" {key.Public}\n";

        Assert.True(ssh.Verifies(allowed, "ana", Message, signature.ToString(), SignatureNamespace.Approval));
        Assert.Equal(SshSignatureFault.None, Verify(signature, Message, SignatureNamespace.Approval));
        Assert.False(ssh.Verifies(allowed, "ana", Message + "x", signature.ToString(), SignatureNamespace.Approval));
        Assert.Equal(SshSignatureFault.BadSignature, Verify(signature, Message + "x", SignatureNamespace.Approval));
        Assert.True(SshPublicKey.TryParse(key.Public.ToString(), out var again));
        Assert.Equal(key.Public, again);
    }

    [Theory]
    [InlineData(SshKeyType.SecurityKeyEd25519)]
    [InlineData(SshKeyType.SecurityKeyEcdsaP256)]
    public void A_security_key_that_nobody_touched_approves_nothing(SshKeyType type)
    {
        using var key = new SecurityKey(type);
        var untouched = key.Sign(Encoding.UTF8.GetBytes(Message), SignatureNamespace.Approval, flags: 4);

        Assert.Equal(SshSignatureFault.NotPresent, Verify(untouched, Message, SignatureNamespace.Approval));
    }

    [Fact]
    public void Keys_of_other_kinds_are_none()
    {
        using var ssh = new SshKeygen();

        Assert.False(SshPublicKey.TryParse(ssh.Make("rsa", "-t", "rsa", "-b", "2048"), out _));
        Assert.False(SshPublicKey.TryParse(ssh.Make("p384", "-t", "ecdsa", "-b", "384"), out _));
        Assert.False(SshSignature.TryParse(ssh.Sign("rsa", Message, SignatureNamespace.Approval), out _));
    }

    [Property(MaxTest = 500)]
    public void Octets_from_outside_never_throw(byte[] octets, string text)
    {
        _ = SshSignature.TryImport(octets, out _);
        _ = SshSignature.TryParse(text, out _);
        _ = SshPublicKey.TryImport(octets, out _);
        _ = SshPublicKey.TryParse(text, out _);
        _ = SshPublicKey.TryParse("ssh-ed25519 " + Convert.ToBase64String(octets), out _);
    }

    [Property(MaxTest = 2_000)]
    public void A_changed_octet_never_throws_and_never_holds(ushort at, byte by)
    {
        foreach (var (key, signature) in Signed.Value)
        {
            var blob = signature.Blob.ToArray();
            blob[at % blob.Length] ^= by;
            if (by != 0 && SshSignature.TryImport(blob, out var changed))
            {
                Assert.False(
                    changed.Key.Equals(key)
                    && Verify(changed, Message, SignatureNamespace.Approval) == SshSignatureFault.None);
            }
        }
    }

    [Property(MaxTest = 500)]
    public void A_cut_or_longer_signature_is_none(ushort at, byte more)
    {
        var blob = Signed.Value[0].Signature.Blob;

        Assert.False(SshSignature.TryImport(blob[..(at % blob.Length)], out _));
        Assert.False(SshSignature.TryImport([.. blob, more], out _));
    }

    private static readonly Lazy<(SshPublicKey Key, SshSignature Signature)[]> Signed = new(() =>
    [
        .. Enum.GetValues<SshKeyType>().Select(type =>
        {
            using var key = new SecurityKey(type);
            return (key.Public, key.Sign(Encoding.UTF8.GetBytes(Message), SignatureNamespace.Approval));
        }),
    ]);

    private static SshSignatureFault Verify(SshSignature signature, string message, string forNamespace) =>
        signature.Verify(Encoding.UTF8.GetBytes(message), forNamespace);
}
