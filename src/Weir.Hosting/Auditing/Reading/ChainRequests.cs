// SPDX-License-Identifier: Apache-2.0
//
// The requests of two records held against each other. A number alone proves nothing, for who asks draws it: the same
// question has to stand on both sides, about the same case and scope, through a route that leads to such an act, and on
// the asker's side first. A number whose answer was lost is asked again, so the same release may stand twice; another
// one under its number may not.
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>What the desk asked, and what left the other because of it.</summary>
/// <param name="desk">Folder of the desk's record.</param>
/// <param name="other">Folder of the other's.</param>
internal sealed class ChainRequests(string desk, string other)
{
    /// <summary>Clocks of two machines may differ so much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>How an act without a scope is written.</summary>
    private static readonly string NoScope = default(ScopeId).ToString();

    /// <summary>What the desk alone asks for, and by which routes; people's own requests to the vault stand in its
    /// record only.</summary>
    private static readonly Dictionary<string, string[]> RoutesOf = new(StringComparer.Ordinal)
    {
        [AuditActions.SealSubject] = [VaultRoutes.Seal],
        [AuditActions.KeyErased] = [VaultRoutes.Destroy],
        [AuditActions.Reissue] = [VaultRoutes.Reissue],
        [AuditActions.Attribute] = [VaultRoutes.Complaint],
        [AuditActions.SignGrant] = [VaultRoutes.Grant],
        [AuditActions.TellActivity] = [VaultRoutes.WasActive],
        [AuditActions.Disclose] = [VaultRoutes.Disclose],
        [AuditActions.Notify] = [VaultRoutes.Notice],
        [AuditActions.TellProtected] = [VaultRoutes.Protected],
        [AuditActions.LineRoute] = [VaultRoutes.LineRoute, VaultRoutes.WithdrawLineRoute, VaultRoutes.Destroy],
        [AuditActions.Garden] = [VaultRoutes.Garden, VaultRoutes.Destroy],
        [AuditActions.TellPage] = [VaultRoutes.CustomerCase],
        [AuditActions.ReadEvidence] = [StoreRoutes.ReadEvidence],
        [AuditActions.CountEvidence] = [StoreRoutes.CountEvidence],
        [AuditActions.CheckRemediation] = [StoreRoutes.CountEvidence],
        [AuditActions.EraseEvidence] = [StoreRoutes.EraseEvidence],
        [AuditActions.LookBack] = [StoreRoutes.LookBack],
        [AuditActions.Compare] = [StoreRoutes.Compare],
        [AuditActions.PopulationReport] = [StoreRoutes.Population, StoreRoutes.Sighted],
        [AuditActions.ReleaseHeld] = [VaultRoutes.DecideNetwork, StoreRoutes.DecideNetwork],
        [AuditActions.DropHeld] = [VaultRoutes.DecideNetwork, StoreRoutes.DecideNetwork],
        [AuditActions.CountCollateral] = [StoreRoutes.Collateral],
        [AuditActions.ReadAudit] = [RecordRoutes.Lines],
    };

    private readonly Dictionary<string, AuditRecord> _asked = [];
    private readonly Dictionary<string, AuditRecord> _released = [];
    private readonly HashSet<string> _answered = [];
    private readonly Dictionary<string, AuditRecord> _cases = [];
    private readonly List<string> _faults = [];
    private DateTimeOffset _until;

    /// <summary>Requests whose number stands in both records.</summary>
    public int Joined => _answered.Count;

    /// <summary>What does not hold together, as sentences.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Whether the other answered what was asked of a vault, and of a store.</summary>
    public (bool Vault, bool Store) Answered { get; private set; }

    /// <summary>Takes an entry of the desk's record.</summary>
    public void AddAsked(AuditRecord record)
    {
        _until = record.At;
        if (NumberOf(record.Entry) is not { } number
            || record.Entry.Act is not (AuditActions.AskVault or AuditActions.AskStore))
        {
            return;
        }

        if (!_asked.TryAdd(number, record))
        {
            _faults.Add(FormattableString.Invariant(
                $"entry {record.Sequence} of {desk} ({record.Entry.Reason} {record.Entry.Case}) has the number ")
                + FormattableString.Invariant(
                    $"{number} of entry {_asked[number].Sequence}: a number is of one request"));
        }
    }

    /// <summary>Takes an entry of the other's record that is not older than the desk's record.</summary>
    public void AddReleased(AuditRecord record)
    {
        var entry = record.Entry;
        if (NumberOf(entry) is not { } number)
        {
            return;
        }

        if (_asked.TryGetValue(number, out var ask))
        {
            _ = _answered.Add(number);
            Answered = (
                Answered.Vault || ask.Entry.Act == AuditActions.AskVault,
                Answered.Store || ask.Entry.Act == AuditActions.AskStore);
        }

        if (entry.Outcome == AuditActions.Allow && RoutesOf.TryGetValue(entry.Act, out var routes)
            && (ask is not null ? FaultOf(record, ask, routes)
                : IsYoung(record) ? "" : "has none in the desk's record") is { Length: > 0 } fault)
        {
            _faults.Add(FormattableString.Invariant(
                $"entry {record.Sequence} of {other} ({entry.Act} {entry.Case}, {number}) ") + fault);
        }
    }

    /// <summary>Requests to such a process of which its record knows nothing, earliest first, as sentences.</summary>
    /// <param name="ofVault">Whether the other may be a vault.</param>
    /// <param name="ofStore">Whether it may be a store.</param>
    public IReadOnlyList<string> Unanswered(bool ofVault, bool ofStore) =>
    [
        .. from one in _asked
           let record = one.Value
           where !_answered.Contains(one.Key)
               && (record.Entry.Act == AuditActions.AskVault ? ofVault || !ofStore : ofStore || !ofVault)
           orderby record.Sequence
           select FormattableString.Invariant(
               $"entry {record.Sequence} of {desk} ({record.Entry.Act} {record.Entry.Reason} ")
               + $"{record.Entry.Case}, {one.Key}) has none in {other}",
    ];

    /// <summary>A copy of the other's record holds the reading of it, which came after the desk's was copied.</summary>
    private bool IsYoung(AuditRecord record) => record.Entry.Act == AuditActions.ReadAudit && record.At > _until;

    /// <summary>What is wrong between a release and the request of its number; empty where nothing is.</summary>
    private string FaultOf(AuditRecord released, AuditRecord ask, string[] routes)
    {
        var (entry, asked) = (released.Entry, ask.Entry);
        var place = FormattableString.Invariant($"entry {ask.Sequence} of the desk's record");
        if (!routes.Contains(asked.Reason, StringComparer.Ordinal))
        {
            return $"stands for another request: {place} asked {asked.Reason}";
        }

        if (entry.For != asked.For)
        {
            return $"was read in another's name ({entry.For}): {place} asked {asked.Reason} for {asked.For}";
        }

        // Of several scopes that are erased at once, the asker names none.
        if (IsOther(entry.Case, asked.Case)
            || (entry.Act != AuditActions.EraseEvidence && IsOther(entry.Scope, asked.Scope)))
        {
            return $"is about {entry.Case} {entry.Scope}, and {place} is about {asked.Case} {asked.Scope}".TrimEnd();
        }

        if (ask.At > released.At + Skew)
        {
            return $"left before it was asked for: {place} is of {AuditRecord.TimeText(ask.At)}, this of "
                + $"{AuditRecord.TimeText(released.At)}";
        }

        // Events carry no case: that the desk names another than before is seen here alone.
        if (entry.Case.Length > 0 && entry.Scope.Length > 0 && entry.Scope != NoScope
            && !_cases.TryAdd(entry.Scope, released) && _cases[entry.Scope].Entry.Case != entry.Case)
        {
            return FormattableString.Invariant(
                $"is about {entry.Scope} of {entry.Case}, and entry {_cases[entry.Scope].Sequence} has it of ")
                + _cases[entry.Scope].Entry.Case;
        }

        var key = $"{entry.Act} {entry.Request}";
        if (asked.Reason == VaultRoutes.Destroy || _released.TryAdd(key, released))
        {
            return "";
        }

        return QuestionOf(_released[key].Entry) == QuestionOf(entry) ? ""
            : FormattableString.Invariant($"asks something else under the number of entry {_released[key].Sequence}");
    }

    private static bool IsOther(string released, string asked) =>
        released.Length > 0 && released != NoScope && released != asked;

    private static (string, string, string, string, string) QuestionOf(AuditEntry entry) =>
        (entry.Purpose, entry.Case, entry.Scope, entry.Subject, entry.PredicateDigest);

    private static string? NumberOf(AuditEntry entry) => RequestNumber.IsOne(entry.Request) ? entry.Request : null;
}
