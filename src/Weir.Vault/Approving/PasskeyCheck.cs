// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Passkeys;
using Weir.Hosting.Browsers;

namespace Weir.Vault.Approving;

/// <summary>What the vault looks at beyond a signature itself: that the very page of this vault asked for it, and that
/// the passkey counted on. Safe for any thread.</summary>
/// <param name="origin">Scheme, host and port of the page; null where there is none, and no passkey counts.</param>
/// <param name="counters">How far each counted.</param>
internal sealed class PasskeyCheck(string? origin, PasskeyCounters counters)
{
    /// <summary>Looks at an answer of a passkey, and takes what it counted where all else holds.</summary>
    public ApprovalFault Take(PasskeyAssertion assertion, Passkey passkey, ReadOnlySpan<byte> challenge)
    {
        if (origin is null)
        {
            return ApprovalFault.OtherOrigin;
        }

        var fault = ApprovalFaults.Of(assertion.Verify(passkey, challenge, origin));
        return fault != ApprovalFault.None ? fault
            : counters.TryAdvance(assertion.Credential, assertion.Counter) ? ApprovalFault.None
            : ApprovalFault.CounterBehind;
    }
}
