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
        var endpoints = file.Scopes.SelectMany(held => EndpointsOf(held.Scope.Class)).Distinct().ToList();
        var entries = EntriesOf(endpoints).ToList();
        return new(
            file.Id.ToString(), CaseStateMachine.ToName(file.State), Subject(file), file.Assignee, file.OpenedAt,
            file.SnoozedUntil, file.ClosedAt, CaseStateMachine.ToName(file.Verdict), file.Scopes.Length,
            file.Scopes.Count(s => s.State == ScopeState.Open),
            Words(file.Scopes.Select(s => Purposes.ToName(s.Scope.Purpose))),
            Words(file.Scopes.Select(s => RuleOf(s.Scope.Trigger))),
            endpoints.Count > 0 ? Words(endpoints.Select(endpoint => endpoint.ToString()))
                : string.Join("; ", file.Scopes.Select(s => s.Scope.Class.ToString()).Distinct()),
            Words(entries.Select(entry => entry.List)), Words(entries.Select(entry => entry.Family)),
            owners.NamesOf(file.Scopes.SelectMany(held => held.Scope.Class.Predicate.Remotes)),
            EscalationStateMachine.ToName(steps.LevelOf(file.Id)), CaseSeverities.ToName(CaseSeverities.Of(file)),
            steps.NoticeOf(file.Id) is { } notice
                ? $"{NoticeNames.ToName(notice.Step)} {NoticeNames.ToName(notice.State)}" : "none");
    }

    /// <summary>What lists call a case's endpoints: its summary's families without the rest, for who counts all cases.
    /// </summary>
    public IEnumerable<string> FamiliesOf(CaseFile file) =>
        EntriesOf(file.Scopes.SelectMany(held => EndpointsOf(held.Scope.Class)).Distinct())
            .Select(entry => entry.Family).Where(family => family.Length > 0).Distinct();

    private IEnumerable<ListEntry> EntriesOf(IEnumerable<Endpoint> endpoints)
    {
        var (now, current) = (time.GetUtcNow().ToUnixTimeMilliseconds(), lists.Current);
        return endpoints.Select(endpoint => current.TryFind(endpoint, now, out var entry) ? entry : default)
            .Where(entry => entry != default);
    }

    /// <summary>The rule's id without version and event; the first word of a complaint or consent.</summary>
    public static string RuleOf(string trigger) => trigger.Split(['/', ' ', ':'])[0];

    private static IEnumerable<Endpoint> EndpointsOf(TrafficClass traffic) =>
        from remote in traffic.Predicate.Remotes
        from port in traffic.Predicate.RemotePorts
        select new Endpoint(remote, port, traffic.Predicate.Protocol);

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
        var state = (held.Doubt != EvidenceDoubt.None || held.IsBraked) && held.State is ScopeState.Open or ScopeState.Ended
            ? ScopeState.Sealed : held.State;
        return new(
            held.Scope.Id.ToString(), CaseStateMachine.ToName(state), Purposes.ToName(held.Scope.Purpose),
            held.Scope.Class.ToString(), Time(held.Scope.FromMs), Time(held.UntilMs), Time(held.Scope.ExpiresMs),
            cases.WholeSince(held.Scope.Id) is { } since ? Time(since) : null, held.Scope.Trigger, held.Facts,
            held.Scope.Actions.ToString(), held.Renews?.ToString() ?? "", held.IsFromDigests,
            held.IsBraked ? DenyCodes.ToName(DenyCode.EntryHeld) : EvidenceDoubts.ToName(held.Doubt));
    }
}
