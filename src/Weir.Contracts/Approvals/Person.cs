// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Approvals;

/// <summary>Somebody who may approve, as the governance in force names them.</summary>
/// <param name="Name">How texts and records call them.</param>
/// <param name="User">User of the operating system by whom they read; identifies, and approves nothing.</param>
/// <param name="Role">The one role.</param>
/// <param name="Keys">Their keys; none for who only reads.</param>
public sealed record Person(string Name, string User, Role Role, ImmutableArray<SshPublicKey> Keys)
{
    /// <summary>Passkeys by which they approve on the vault's page.</summary>
    public ImmutableArray<Passkey> Passkeys { get; init; } = [];

    /// <summary>Passkeys by which they sign in at the console; they approve nothing.</summary>
    public ImmutableArray<Passkey> ConsolePasskeys { get; init; } = [];

    /// <summary>Who they are at the provider's identity service; empty for who does not sign in by it.</summary>
    public string Oidc { get; init; } = "";

    /// <summary>Every key of theirs, of whatever kind.</summary>
    public IEnumerable<SshPublicKey> AllKeys =>
        [.. Keys, .. Passkeys.Select(one => one.Key), .. ConsolePasskeys.Select(one => one.Key)];

    public string RoleWord => Actor.ToName(Role);
}
