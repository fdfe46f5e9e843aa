// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Enrichment;
using Weir.Desk.Escalations;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Desk.Api.Cases;

/// <summary>Writes case files and evidence as the API shows them.</summary>
internal sealed class CaseFormatter(
    CaseHandler cases, PolicyProfile policy, CurrentWatchlist lists, NetworkOwners owners,
    CaseFormatter.Steps steps, TimeProvider time)
{
    /// <summary>How far a case has come with its customer.</summary>
    /// <param name="LevelOf">Of the ladder.</param>
    /// <param name="NoticeOf">The latest notice; null where none was planned.</param>
    internal sealed record Steps(Func<CaseId, EscalationLevel> LevelOf, Func<CaseId, NoticeRow?> NoticeOf);

    /// <summary>Of whom no notice was planned.</summary>
    public const string NoNotice = "none";

    /// <summary>Names of the lists in force.</summary>
    public IEnumerable<string> Lists => lists.Current.Feeds.Select(list => list.Name).Distinct(StringComparer.Ordinal);

    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public EvidenceFlow Flow(EvidenceRow row) => new(
        row.Scope.ToString(), MaybeTime(row.StartMs), MaybeTime(row.EndMs),
        row.Remote.Address.Bits == 0 ? "" : row.Remote.Address.ToString(), $"{owners.Find(row.Remote.Address)}",
        row.Remote.Port, row.Remote.Protocol == 0 ? "" : Protocols.ToName(row.Remote.Protocol),
        row.PacketsOut, row.PacketsIn, row.OctetsOut, row.OctetsIn, row.SamplingInterval, row.FlagsOut, row.FlagsIn);

    public CaseSummary Summary(CaseFile file)
    {
        var endpoints = CaseTraits.EndpointsOf(file).ToList();
        var entries = EntriesOf(endpoints).ToList();
        return new(
            file.Id.ToString(), CaseStateMachine.ToName(file.State), Subject(file), file.Assignee, file.OpenedAt,
            file.SnoozedUntil, file.ClosedAt, CaseStateMachine.ToName(file.Verdict), file.Scopes.Length,
            file.Scopes.Count(s => s.State == ScopeState.Open),
            Words(file.Scopes.Select(s => Purposes.ToName(s.Scope.Purpose))),
            Words(CaseTraits.RulesOf(file)),
            endpoints.Count > 0 ? Words(endpoints.Select(endpoint => endpoint.ToString()))
                : string.Join("; ", file.Scopes.Select(s => s.Scope.Class.ToString()).Distinct()),
            Words(entries.Select(entry => entry.List)), Words(entries.Select(entry => entry.Family)),
            owners.NamesOf(file.Scopes.SelectMany(held => held.Scope.Class.Predicate.Remotes)),
            LevelOf(file), CaseSeverities.ToName(CaseSeverities.Of(file)), NoticeOf(file));
    }

    /// <summary>How far the ladder of a case has come, in words.</summary>
    public string LevelOf(CaseFile file) => EscalationStateMachine.ToName(steps.LevelOf(file.Id));

    /// <summary>The latest step its customer is told of and how that stands; none.</summary>
    public string NoticeOf(CaseFile file) => steps.NoticeOf(file.Id) is { } notice
        ? $"{NoticeNames.ToName(notice.Step)} {NoticeNames.ToName(notice.State)}" : NoNotice;

    /// <summary>Lists that name endpoints now, and what they call them.</summary>
    public IEnumerable<ListEntry> EntriesOf(IEnumerable<Endpoint> endpoints)
    {
        var (now, current) = (time.GetUtcNow().ToUnixTimeMilliseconds(), lists.Current);
        return endpoints.Select(endpoint => current.TryFind(endpoint, now, out var entry) ? entry : default)
            .Where(entry => entry != default);
    }

    /// <summary>What lists call an endpoint; empty where none names it.</summary>
    public string FamilyOf(Endpoint endpoint) => EntriesOf([endpoint]).Select(entry => entry.Family).FirstOrDefault() ?? "";

    private static string Words(IEnumerable<string> words) =>
        string.Join(' ', words.Where(word => word.Length > 0).Distinct());

    public CaseResponse Whole(CaseFile file) => new(
        Summary(file), [.. file.Scopes.Select(Scope)],
        [.. file.Comments.Select(c => new CommentLine(c.At, c.By, c.Text))]);

    private static DateTimeOffset? MaybeTime(long ms) => ms == 0 ? null : Time(ms);

    private string Subject(CaseFile file) =>
        file.State == CaseState.Erased ? ""
        : policy.ShowsSubjects ? new IpKey(file.Subject.Pseudonym).ToString()
        : file.Subject.ToString();

    private ScopeSummary Scope(CaseScope held)
    {
        var isSealed = held.State == ScopeState.Erased ? null : ScopeSeals.Of(held.Standing);
        var state = isSealed is null ? held.State : ScopeState.Sealed;
        return new(
            held.Scope.Id.ToString(), CaseStateMachine.ToName(state), Purposes.ToName(held.Scope.Purpose),
            held.Scope.Class.ToString(), Time(held.Scope.FromMs), Time(held.UntilMs), Time(held.Scope.ExpiresMs),
            cases.WholeSince(held.Scope.Id) is { } since ? Time(since) : null, held.Scope.Trigger, held.Facts,
            held.Scope.Actions.ToString(), held.Renews?.ToString() ?? "", held.IsFromDigests,
            held.IsBraked ? DenyCodes.ToName(DenyCode.EntryHeld) : EvidenceDoubts.ToName(held.Doubt),
            isSealed?.Why ?? "");
    }
}
