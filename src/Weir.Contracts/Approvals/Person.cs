// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
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
    public string RoleWord => Actor.ToName(Role);
}
