// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Policy;

/// <summary>The audit entry of each start: which policy is in force, by name and digest, and every number of it that is
/// looser than the rules.</summary>
public static class PolicyAuditEntry
{
    public static AuditEntry Create(PolicyProfile policy)
    {
        var loosened = PolicyLimits.Loosened(policy).ToList();
        return new()
        {
            Actor = Actor.Weir.Name,
            Role = Actor.Weir.RoleWord,
            Act = AuditActions.PolicyInForce,
            Outcome = AuditActions.Allow,
            ResultDigest = policy.Digest,
            Reason = $"{policy.Name}, a form of {policy.Profile}"
                + (loosened.Count > 0 ? $"; by signature: {string.Join("; ", loosened)}" : ""),
        };
    }
}
