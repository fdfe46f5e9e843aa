// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Routing;

/// <summary>Where calls that are refused before their handler are put on record.</summary>
internal sealed class RefusalBook(PolicyEngine engine, RepeatedRefusals repeated)
{
    public PolicyEngine Engine => engine;

    /// <summary>A user without a role.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task StrangerAsync(string user, CancellationToken cancel) => repeated.NoteAsync(user, cancel);

    /// <summary>A call of a wrong role that the policy engine does not count.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public Task NoteAsync(Actor actor, string act, string reason, CancellationToken cancel) => repeated.NoteAsync(
        new AuditEntry
        {
            Actor = actor.Name,
            Role = actor.RoleWord,
            Act = act,
            Outcome = DenyCodes.ToName(DenyCode.RoleMayNot),
            Reason = reason,
        },
        cancel);
}
