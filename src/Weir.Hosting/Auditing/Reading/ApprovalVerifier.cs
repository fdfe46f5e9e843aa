// SPDX-License-Identifier: Apache-2.0
//
// The signatures in a record, looked at again by whoever has the record and the governance, without any process of
// Weir. An act that needs two people must have both before it, and an approval is for one act.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>What came of it.</summary>
/// <param name="Signatures">Signatures that hold.</param>
/// <param name="Acts">Acts that two people signed.</param>
/// <param name="Faults">What is wrong, a sentence each.</param>
public sealed record ApprovalVerifier(int Signatures, int Acts, IReadOnlyList<string> Faults)
{
    /// <summary>Entries of what was carried out, and which act has to be signed.</summary>
    private static readonly Dictionary<string, ApprovalAct[]> CarriedOut = new(StringComparer.Ordinal)
    {
        [AuditActions.Disclose] = [ApprovalAct.Disclosure],
        [AuditActions.ApproveDisclosure] = [ApprovalAct.Disclosure],
        [AuditActions.ApproveBlock] = [ApprovalAct.EndpointBlock, ApprovalAct.LineRoute],
        [AuditActions.Block] = [ApprovalAct.EndpointBlock, ApprovalAct.LineRoute],
        [AuditActions.LineRoute] = [ApprovalAct.LineRoute],
        [AuditActions.ApprovePromotion] = [ApprovalAct.Promotion],
        [AuditActions.LookBack] = [ApprovalAct.Promotion],
        [AuditActions.ApproveGarden] = [ApprovalAct.StrictGarden],
        [AuditActions.Garden] = [ApprovalAct.StrictGarden],
        [AuditActions.ReleaseHeld] = [ApprovalAct.HeldRelease],
        [AuditActions.DropHeld] = [ApprovalAct.HeldDrop],
        [AuditActions.ReleaseEndpoint] = [ApprovalAct.EndpointRelease],
        [AuditActions.Review] = [ApprovalAct.CandidateReview],
    };

    /// <summary>Looks at every signature of a record.</summary>
    /// <param name="directory">Its folder; it was verified before.</param>
    /// <param name="governances">People of the governances that were in force in its time, latest last.</param>
    /// <exception cref="AuditException">It cannot be read.</exception>
    public static ApprovalVerifier Verify(string directory, IReadOnlyList<People> governances)
    {
        var signed = new Dictionary<string, List<ApprovalSignature>>(StringComparer.Ordinal);
        var used = new Dictionary<(string Approval, string Act), string>();
        var faults = new List<string>();
        var (signatures, acts) = (0, 0);
        foreach (var record in AuditReader.Entries(directory))
        {
            var entry = record.Entry;
            if (entry.Outcome != AuditActions.Allow)
            {
                continue;
            }

            if (entry.Act == AuditActions.SignApproval)
            {
                var signature = new ApprovalSignature(entry.Text, entry.Signature);
                var looked = Best(governances, people => signature.Verify(people, null), one => one.Fault);
                if (looked.Fault != ApprovalFault.None || looked.Request!.Number != entry.Approval
                    || looked.Person!.Name != entry.Actor)
                {
                    faults.Add(Sentence(record, $"the signature of {entry.Actor} does not hold: "
                        + (looked.Fault == ApprovalFault.None ? "it is under something else"
                            : ApprovalFaults.Sentence(looked.Fault))));
                    continue;
                }

                signatures++;
                signed.TryAdd(entry.Approval, []);
                signed[entry.Approval].Add(signature);
            }
            else if (entry.Act == AuditActions.Countersign)
            {
                signatures++;
                faults.AddRange(CountersignatureFaults(record, governances));
            }
            else if (entry.Approval.Length > 0 && CarriedOut.TryGetValue(entry.Act, out var may))
            {
                acts++;
                if (FaultOf(record, signed.GetValueOrDefault(entry.Approval) ?? [], may, governances) is { } fault)
                {
                    faults.Add(Sentence(record, fault));
                }

                var about = $"{entry.Case} {entry.Scope} {entry.PredicateDigest}";
                if (entry.Act != AuditActions.LookBack // one promotion looks back once in each epoch
                    && !used.TryAdd((entry.Approval, entry.Act), about) && used[(entry.Approval, entry.Act)] != about)
                {
                    faults.Add(Sentence(record, $"{entry.Approval} was carried out for something else before"));
                }
            }
            else if (NeedsTwo(entry))
            {
                faults.Add(Sentence(record, "nobody signed it, and two people have to"));
            }
        }

        return new(signatures, acts, faults);
    }

    private static IEnumerable<string> CountersignatureFaults(AuditRecord record, IReadOnlyList<People> governances)
    {
        var signature = new Countersignature(record.Entry.Text, record.Entry.Signature);
        var looked = governances.Select(signature.Verify)
            .OrderBy(one => one.Person?.Name == record.Entry.Actor ? 0 : 1).First();
        if (looked.Person?.Name != record.Entry.Actor)
        {
            yield return Sentence(record, $"the countersignature of {record.Entry.Actor} "
                + (looked.Fault.Length > 0 ? looked.Fault : $"is {looked.Person!.Name}'s"));
        }
    }

    /// <summary>Entries that no lab writes without an approval: what was disclosed, what was searched, what a person
    /// put in force, and a line that was put into the strict garden. What the rules do alone is the machine's. That the
    /// policy engine would let somebody is a decision, with the act's own name, and no act: it comes before the
    /// signatures are looked at.</summary>
    private static bool NeedsTwo(AuditEntry entry) => entry is not
        {
            Result: AuditActions.Granted, ResultDigest.Length: 0,
            Act: AuditActions.Block or AuditActions.LookBack or AuditActions.ApprovePromotion
                or AuditActions.ReleaseHeld or AuditActions.DropHeld or AuditActions.ReleaseEndpoint,
        }
        && (entry.Act is AuditActions.ApproveDisclosure or AuditActions.ApprovePromotion or AuditActions.ReleaseEndpoint
            || (entry.Act is AuditActions.Disclose && entry.ResultDigest.Length > 0)
            || (entry.Act is AuditActions.LookBack or AuditActions.Block or AuditActions.ReleaseHeld
                or AuditActions.DropHeld && entry.Role != Actor.ToName(Role.Machine))
            || (entry.Act is AuditActions.Garden && entry.Request.Length > 0
                && entry.Result == WalledGardenNames.ToName(WalledGarden.Strict)));

    private static string? FaultOf(
        AuditRecord record, List<ApprovalSignature> signatures, ApprovalAct[] may, IReadOnlyList<People> governances)
    {
        // Who signs twice at once stands there twice.
        signatures = [.. signatures.DistinctBy(one => one.Text)];
        if (signatures.Count < 2 || !ApprovalText.TryRead(signatures[0].Text, out var request, out _))
        {
            return $"{record.Entry.Approval} has {signatures.Count} signatures before it, and two people have to sign";
        }

        var verdict = Best(
            governances,
            people => new SignedApproval(signatures[..2]).Verify(
                new(request.Act, request.Target) { Case = request.Case }, people, null),
            one => one.Fault);
        return verdict.Fault != ApprovalFault.None ? ApprovalFaults.Sentence(verdict.Fault)
            : !may.Contains(request.Act) ? $"what was signed is a {WhoSigns.Of(request.Act).Name}"
            : request.Case.Length > 0 && request.Case != record.Entry.Case ? $"what was signed is about {request.Case}"
            : null;
    }

    /// <summary>What holds under one of the governances, or why it does not under the latest.</summary>
    private static T Best<T>(
        IReadOnlyList<People> governances, Func<People, T> verify, Func<T, ApprovalFault> faultOf) =>
        governances.Select(verify).OrderBy(one => faultOf(one) == ApprovalFault.None ? 0 : 1).First();

    private static string Sentence(AuditRecord record, string what) =>
        FormattableString.Invariant($"entry {record.Sequence} ({record.Entry.Act} {record.Entry.Case}): {what}");
}
