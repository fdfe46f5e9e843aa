// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;

namespace Weir.Tests.Contracts.Passkeys;

/// <summary>Somebody with a passkey for the vault's page.</summary>
internal sealed class PasskeyPerson(string name, Role role, string host) : IDisposable
{
    public SoftwareAuthenticator Key { get; } = new(host) { Counter = 1 };

    public string Name => name;

    public Person Person => new(name, name, role, []) { Passkeys = [Key.Passkey] };

    public ApprovalSignature Sign(ApprovalRequest request, string? origin = null)
    {
        var text = request.TextFor(role);
        return new(text, Key.Sign(text, origin));
    }

    public void Dispose() => Key.Dispose();
}
