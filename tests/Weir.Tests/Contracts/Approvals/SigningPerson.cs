// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Approvals;

/// <summary>Somebody with a key.</summary>
internal sealed class SigningPerson(string name, Role role) : IDisposable
{
    public SshSigningKey Key { get; } = new();

    public string Name => name;

    public Role Role => role;

    public Person Person => new(name, name, role, [Key.Public]);

    /// <summary>Signs a request in the own role, or says to have another.</summary>
    public ApprovalSignature Sign(
        ApprovalRequest request, Role? signedAs = null, string forNamespace = SignatureNamespace.Approval)
    {
        var text = request.TextFor(signedAs ?? role);
        return new(text, Key.Sign(text, forNamespace).ToString());
    }

    public void Dispose() => Key.Dispose();
}
