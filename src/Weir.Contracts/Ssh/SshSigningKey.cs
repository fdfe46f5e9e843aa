// SPDX-License-Identifier: Apache-2.0
//
// A key of SSH in memory, for self-tests and tests, which play people. A person's own key never comes into this
// program: ssh-keygen or an agent signs.
using System.Text;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Ssh;

/// <summary>An <c>ssh-ed25519</c> key that signs.</summary>
internal sealed class SshSigningKey : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create();

    public SshSigningKey()
    {
        var blob = new SshWriter().String("ssh-ed25519").String(_key.Public.Raw).ToArray();
        Public = SshPublicKey.TryImport(blob, out var key) ? key : throw new InvalidOperationException("no key");
    }

    public SshPublicKey Public { get; }

    /// <summary>Signs a text as <c>ssh-keygen -Y sign</c> does.</summary>
    public SshSignature Sign(string text, string forNamespace) => SshSignature.Create(
        Public, forNamespace,
        new SshWriter().String("ssh-ed25519")
            .String(_key.SignBare(SshSignature.SignedOctets(Encoding.UTF8.GetBytes(text), forNamespace))).ToArray());

    public void Dispose() => _key.Dispose();
}
