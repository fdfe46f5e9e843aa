// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Approvals;

/// <summary>One person's signature under a request, with the exact text that it covers.</summary>
/// <param name="Text">As <see cref="ApprovalText"/> writes it.</param>
/// <param name="Signature">Armored, as ssh-keygen writes it.</param>
public sealed record ApprovalSignature(string Text, string Signature)
{
    /// <summary>Looks at it alone: whose key, over this text, for an approval, in a role that may have a part, for this
    /// Weir, in its time.</summary>
    /// <param name="people">Whose keys count.</param>
    /// <param name="at">When it has to be good; null for whenever it is.</param>
    public ApprovalSigned Verify(People people, DateTimeOffset? at)
    {
        if (!ApprovalText.TryRead(Text, out var request, out var role)
            || !SshSignature.TryParse(Signature, out var signature))
        {
            return new(ApprovalFault.Malformed);
        }

        var read = new ApprovalSigned(ApprovalFault.None) { Request = request, Role = role, Key = signature.Key };
        if (signature.Namespace != SignatureNamespace.Approval)
        {
            return read with { Fault = ApprovalFault.OtherNamespace };
        }

        if (!people.TryFind(signature.Key, out var person))
        {
            return read with { Fault = ApprovalFault.UnknownKey };
        }

        var fault = signature.Verify(System.Text.Encoding.UTF8.GetBytes(Text), SignatureNamespace.Approval);
        return read with
        {
            Person = person,
            Fault = fault switch
            {
                SshSignatureFault.NotPresent => ApprovalFault.NotPresent,
                not SshSignatureFault.None => ApprovalFault.BadSignature,
                _ => FaultOf(request, role, person, people, at),
            },
        };
    }

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

    public SshPublicKey? Key { get; init; }

    /// <summary>Whose key it is; null where nobody's.</summary>
    public Person? Person { get; init; }
}
