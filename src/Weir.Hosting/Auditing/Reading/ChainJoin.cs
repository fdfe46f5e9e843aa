// SPDX-License-Identifier: Apache-2.0
//
// Two chains beside each other: what left a process because the desk asked must stand in the desk's record under the
// same number, as the same question, before. A desk that skips its entry, uses a number again, or whose record was cut
// or put away, is found here. A request of the desk that
// the other's record lacks is named too, and is no fault by itself: the other may have been away, or its record was
// cut, which heads kept elsewhere tell apart. What the desk says a customer did must stand in the
// vault's record, for the vault alone sees customers; and so must what the desk says two people approved, for the vault
// alone draws up what they sign.
using Weir.Contracts.Customers;
using Weir.Contracts.Protocol;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>What came of joining.</summary>
/// <param name="Joined">Releases whose number stands in both records.</param>
/// <param name="Unanswered">Requests to this process in the desk's record of which its own record knows nothing, as
/// sentences.</param>
/// <param name="Missing">Releases that the desk's record lacks or tells otherwise, and acts of customers that only the
/// desk tells of, as sentences.</param>
public sealed record ChainJoin(int Joined, IReadOnlyList<string> Unanswered, IReadOnlyList<string> Missing)
{
    /// <summary>Who acts through the customer's page.</summary>
    private const string Customer = "customer";

    /// <summary>What only a vault's record has.</summary>
    private static readonly HashSet<string> VaultsActs =
        [AuditActions.GiveKey, AuditActions.SealSubject, AuditActions.ShowSubject, AuditActions.DrawUpApproval];

    /// <summary>What only a store's record has beside numbers of requests.</summary>
    private static readonly HashSet<string> StoresActs =
    [
        AuditActions.ReadEvidence, AuditActions.CountEvidence, AuditActions.EraseEvidence, AuditActions.LookBack,
        AuditActions.Compare, AuditActions.PopulationReport, AuditActions.CountCollateral, AuditActions.Drop,
    ];

    /// <summary>Joins the desk's record with that of the store or the vault; both were verified before.</summary>
    /// <param name="desk">Folder of the desk's record.</param>
    /// <param name="other">Folder of the other's.</param>
    /// <exception cref="AuditException">One cannot be read.</exception>
    public static ChainJoin Between(string desk, string other)
    {
        var requests = new ChainRequests(desk, other);
        List<AuditRecord> customers = [];
        var approvals = new Approvals();
        DateTimeOffset? cut = null;
        var isEmpty = true;
        foreach (var record in AuditReader.Entries(desk))
        {
            if (isEmpty && record.Sequence > 1)
            {
                // What is older went with the desk's own retention; a record that begins at its first entry lacks
                // nothing of before, so all that the other tells of has to be in it.
                cut = record.At;
            }

            isEmpty = false;
            if (record.Entry is { Actor: Customer, Role: Customer })
            {
                customers.Add(record);
            }

            approvals.AddTold(record);
            requests.AddAsked(record);
        }

        var acts = new CustomersActs();
        var (isVault, isStore) = (false, false);
        foreach (var record in AuditReader.Entries(other))
        {
            acts.Add(record);
            approvals.AddSeen(record);
            isVault |= VaultsActs.Contains(record.Entry.Act) || IsOpenedBy(record.Entry, "vault");
            isStore |= StoresActs.Contains(record.Entry.Act) || IsOpenedBy(record.Entry, "store");
            if (cut is null || record.At >= cut)
            {
                requests.AddReleased(record);
            }
        }

        (isVault, isStore) = (isVault || requests.Answered.Vault, isStore || requests.Answered.Store);
        return new(
            requests.Joined, requests.Unanswered(isVault, isStore),
            [.. requests.Faults, .. acts.Without(customers, desk), .. isVault ? approvals.Unseen(desk) : []]);
    }

    /// <summary>A young record has no other act of its process.</summary>
    private static bool IsOpenedBy(AuditEntry entry, string process) =>
        entry.Act == AuditActions.AuditOpened && entry.Result == process;

    /// <summary>Acts of customers in a vault's record.</summary>
    private sealed class CustomersActs
    {
        private readonly HashSet<string> _known = [];
        private DateTimeOffset? _since;
        private bool _isVault;

        public void Add(AuditRecord record)
        {
            _since ??= record.At;
            _isVault |= VaultsActs.Contains(record.Entry.Act);
            if (record.Entry.Actor == Customer && CustomerAct.IsId(record.Entry.Request))
            {
                _ = _known.Add(record.Entry.Request);
            }
        }

        /// <summary>What the desk tells of that is not there; what is older than the record went with its
        /// retention.</summary>
        public IEnumerable<string> Without(IEnumerable<AuditRecord> told, string desk) =>
            from record in told
            where _isVault && record.At >= _since
                && !_known.Contains(record.Entry.Request)
            select FormattableString.Invariant(
                $"entry {record.Sequence} of {desk} ({record.Entry.Act} {record.Entry.Case}) says that a customer did ")
                + "this, and the vault's record has no such act";
    }

    /// <summary>What the desk says two people approved, beside what the vault drew up and saw signed.</summary>
    private sealed class Approvals
    {
        /// <summary>Entries of the desk about what two people signed; what a fortnight drops has no approval.
        /// </summary>
        private static readonly HashSet<string> Approved =
        [
            AuditActions.ApproveBlock, AuditActions.Block, AuditActions.ApproveDisclosure, AuditActions.ApprovePromotion,
            AuditActions.ApproveGarden, AuditActions.Review, AuditActions.ReleaseHeld, AuditActions.DropHeld,
            AuditActions.ReleaseEndpoint,
        ];

        private readonly List<AuditRecord> _told = [];
        private readonly HashSet<string> _drawn = [];
        private readonly HashSet<(string Approval, string By)> _signed = [];
        private DateTimeOffset? _since;

        public void AddTold(AuditRecord record)
        {
            if (record.Entry is { Approval.Length: > 0, Outcome: AuditActions.Allow } && Approved.Contains(record.Entry.Act))
            {
                _told.Add(record);
            }
        }

        public void AddSeen(AuditRecord record)
        {
            _since ??= record.At;
            if (record.Entry is not { Approval.Length: > 0, Outcome: AuditActions.Allow })
            {
                return;
            }

            if (record.Entry.Act == AuditActions.DrawUpApproval)
            {
                _ = _drawn.Add(record.Entry.Approval);
            }
            else if (record.Entry.Act == AuditActions.SignApproval)
            {
                _ = _signed.Add((record.Entry.Approval, record.Entry.Actor));
            }
        }

        /// <summary>Those that the vault knows nothing of; what is older than its record went with its
        /// retention.</summary>
        public IEnumerable<string> Unseen(string desk) =>
            from record in _told
            where record.At >= _since
            let hands = _signed.Count(one => one.Approval == record.Entry.Approval)
            where !_drawn.Contains(record.Entry.Approval) || hands < 2
            select FormattableString.Invariant(
                $"entry {record.Sequence} of {desk} ({record.Entry.Act} {record.Entry.Case}) rests on {record.Entry.Approval}, ")
                + (_drawn.Contains(record.Entry.Approval)
                    ? FormattableString.Invariant($"which {hands} signed in the vault's record, and two have to")
                    : "which the vault's record never drew up");
    }
}
