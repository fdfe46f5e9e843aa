// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Approvals;

/// <summary>One person's signature under a request, with the exact text that it covers.</summary>
/// <param name="Text">As <see cref="ApprovalText"/> writes it.</param>
/// <param name="Signature">Armored, as ssh-keygen writes it; or a passkey's, as <see cref="PasskeyAssertion"/> is
/// written.</param>
public sealed record ApprovalSignature(string Text, string Signature)
{
    /// <summary>Looks at it alone: whose key, over this text, for an approval, in a role that may have a part, for this
    /// Weir, in its time.</summary>
    /// <param name="people">Whose keys count.</param>
    /// <param name="at">When it has to be good; null for whenever it is.</param>
    public ApprovalSigned Verify(People people, DateTimeOffset? at)
    {
        if (!ApprovalText.TryRead(Text, out var request, out var role))
        {
            return new(ApprovalFault.Malformed);
        }

        var read = PasskeyAssertion.TryParse(Signature, out var assertion) ? ReadPasskey(assertion, people)
            : SshSignature.TryParse(Signature, out var signature) ? ReadSsh(signature, people)
            : new(ApprovalFault.Malformed);
        return read.Key is null && read.Fault == ApprovalFault.Malformed ? read : read with
        {
            Request = request,
            Role = role,
            Fault = read.Fault != ApprovalFault.None ? read.Fault
                : FaultOf(request, role, read.Person!, people, at),
        };
    }

    private ApprovalSigned ReadSsh(SshSignature signature, People people)
    {
        var read = new ApprovalSigned(ApprovalFault.None) { Key = signature.Key };
        if (signature.Namespace != SignatureNamespace.Approval)
        {
            return read with { Fault = ApprovalFault.OtherNamespace };
        }

        if (!people.TryFind(signature.Key, out var person))
        {
            return read with { Fault = ApprovalFault.UnknownKey };
        }

        return read with
        {
            Person = person,
            Fault = signature.Verify(Encoding.UTF8.GetBytes(Text), SignatureNamespace.Approval) switch
            {
                SshSignatureFault.None => ApprovalFault.None,
                SshSignatureFault.NotPresent => ApprovalFault.NotPresent,
                _ => ApprovalFault.BadSignature,
            },
        };
    }

    private ApprovalSigned ReadPasskey(PasskeyAssertion assertion, People people) =>
        people.TryFindPasskey(assertion.Credential, out var found)
            ? new(ApprovalFaults.Of(assertion.Verify(found.Passkey, PasskeyAssertion.ChallengeOf(Text))))
            {
                Key = found.Passkey.Key, Person = found.Person,
            }
            : new(ApprovalFault.UnknownKey);

    private static ApprovalFault FaultOf(
        ApprovalRequest request, Role role, Person person, People people, DateTimeOffset? at) =>
        person.Role != role || !WhoSigns.RolesFor(request.Act).Contains(role) ? ApprovalFault.WrongRole
        : request.Instance != people.Instance ? ApprovalFault.OtherInstance
        : request.Expires <= request.NotBefore || request.Expires - request.NotBefore > ApprovalRequest.Longest
            || (at is { } now && (now < request.NotBefore || now >= request.Expires)) ? ApprovalFault.Stale
        : ApprovalFault.None;
}

/// <summary>What is known of one signature after looking.</summary>
/// <param name="Fault">Why it does not count; none where it does.</param>
public sealed record ApprovalSigned(ApprovalFault Fault)
{
    /// <summary>What was signed; null where it cannot be read.</summary>
    public ApprovalRequest? Request { get; init; }

    /// <summary>In which role.</summary>
    public Role Role { get; init; }

    /// <summary>The key that made it, where it can be told.</summary>
    public SshPublicKey? Key { get; init; }

    /// <summary>Whose key it is; null where nobody's.</summary>
    public Person? Person { get; init; }
}
