// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Cases;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation;
using Weir.Hosting.Health;

namespace Weir.Desk.Api.Overview;

/// <summary>How it stands, as the reader's role may count.</summary>
/// <param name="cases">Case files and requests.</param>
/// <param name="blocks">Leases.</param>
/// <param name="lists">Lists as they stand.</param>
/// <param name="health">Parts of the desk.</param>
/// <param name="familyOf">What lists call an endpoint; empty where none names it.</param>
internal sealed class NowView(
    CaseHandler cases, MitigationController blocks, ListSet lists, HealthRegistry health,
    Func<Endpoint, string> familyOf)
{
    private const int MostRows = 6;

    private static readonly CaseState[] Open = [CaseState.Open, CaseState.Assigned, CaseState.Snoozed];

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Many walls ask the same within the same seconds.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<bool, Counted> _last = [];
    private readonly Dictionary<bool, Counted> _next = [];

    /// <summary>Another number where something of it is another; whoever was told so is never answered with what stood
    /// before. Always the same unless given.</summary>
    public Func<long> Changes { get; init; } = () => 0;

    /// <summary>Neighbours and resolvers that do not do their part.</summary>
    public Func<IEnumerable<StandingPart>> Down { get; init; } = () => [];

    /// <summary>Gardens, and ways out, that are ordered and not confirmed.</summary>
    public Func<int> Gardens { get; init; } = () => 0;

    /// <summary>As it stands; what is counted depends on nothing but whether the role may. Who finds an answer of two
    /// seconds or more counts, for all; the others are given what stands meanwhile, at once. Only where that is older
    /// than news they heard do they await the count that is under way: nobody holds a lock for one.</summary>
    public async Task<NowResponse> ReadAsync(
        ExporterView exporters, RateHistory rates, Actor reader, DateTimeOffset now, string profile)
    {
        var may = Roles.May(reader.Role, Permission.ListCases);
        var change = Changes();
        TaskCompletionSource<NowResponse> mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Counted? others;
        lock (_gate)
        {
            if (_last.TryGetValue(may, out var last) && last.Change == change)
            {
                var told = last.Told.Result; // it is there
                if ((now >= told.At && now - told.At < Kept) || _next.ContainsKey(may))
                {
                    return told;
                }
            }

            if (!_next.TryGetValue(may, out others) || others.Change != change)
            {
                (others, _next[may]) = (null, new(mine.Task, change));
            }
        }

        if (others is not null)
        {
            return await others.Told;
        }

        try
        {
            mine.SetResult(Count(exporters, rates, may, now, profile));
        }
        catch (Exception fault)
        {
            mine.SetException(fault);
            throw;
        }
        finally
        {
            End(may, new(mine.Task, change));
        }

        return await mine.Task;
    }

    /// <summary>A count is over, well or not; what was counted for later news stays.</summary>
    private void End(bool may, Counted counted)
    {
        lock (_gate)
        {
            if (_next.GetValueOrDefault(may) == counted)
            {
                _ = _next.Remove(may);
                if (counted.Told.IsCompletedSuccessfully)
                {
                    _last[may] = counted;
                }
            }
        }
    }

    private NowResponse Count(ExporterView exporters, RateHistory rates, bool may, DateTimeOffset now, string profile)
    {
        var heard = exporters.Read().Exporters;
        var parts = health.Read();
        var counts = may ? CountCases(now - Day) : null;
        var leases = Count(may);
        var waiting = cases.Asked;
        var asked = may ? new ApprovalCounts(waiting.Count, waiting.Count > 0 ? waiting[0].AskedAt : null) : null;
        return new(
            now, profile, HealthView.Word(parts.State), exporters.FlowsPerSecond(), rates.Values, heard.Count,
            heard.Count(one => !ExporterView.IsDown(one.State)),
            [.. heard.Where(one => one.State != ExporterView.Up).CountBy(one => one.State)
                .Select(one => new OpenCount(one.Key, one.Value, 0))],
            exporters.EventsOpen(), lists.Read().Where(list => list.Role == ListRole.C2).Sum(list => list.Entries),
            counts, may ? Rules(now - Day) : [], may ? Families(now - Day) : [], leases, asked,
            [.. Needs(now, heard, parts, counts, leases, asked)]);
    }

    private CaseCounts CountCases(DateTimeOffset since)
    {
        List<CaseRuns> open = [.. Open.Select(state => cases.Index.Read(CaseTrait.Of(state)))];
        return new(
            open.Sum(runs => runs.Count), open.Sum(runs => runs.CountSince(since)),
            cases.Index.Read(new CaseTrait(CaseTraitKind.Flood)).Count,
            cases.Index.Read(new CaseTrait(CaseTraitKind.Assignee)).Count);
    }

    private IReadOnlyList<OpenCount> Rules(DateTimeOffset since) => Largest(cases.Index.Read(CaseTraitKind.Rule)
        .Select(one => new OpenCount(one.Trait.Word, one.Runs.Count, one.Runs.CountSince(since))));

    /// <summary>Cases by what lists call their endpoints: those of each endpoint together, less what a case with
    /// several of them counts more than once.</summary>
    private IReadOnlyList<OpenCount> Families(DateTimeOffset since)
    {
        Dictionary<string, (int Open, int New)> counts = new(StringComparer.Ordinal);
        void Add(string family, int open, int fresh)
        {
            var (before, newBefore) = counts.GetValueOrDefault(family);
            counts[family] = (before + open, newBefore + fresh);
        }

        foreach (var (trait, runs) in cases.Index.Read(CaseTraitKind.Endpoint))
        {
            Add(familyOf(trait.Endpoint), runs.Count, runs.CountSince(since));
        }

        foreach (var entry in cases.Walk(new() { Having = [[new(CaseTraitKind.Several)]] }))
        {
            foreach (var (family, times) in CaseTraits.EndpointsOf(entry.Case).CountBy(familyOf))
            {
                Add(family, 1 - times, entry.Case.OpenedAt > since ? 1 - times : 0);
            }
        }

        return Largest(counts.Where(one => one.Key.Length > 0)
            .Select(one => new OpenCount(one.Key, Math.Max(0, one.Value.Open), Math.Max(0, one.Value.New))));
    }

    private static IReadOnlyList<OpenCount> Largest(IEnumerable<OpenCount> counts) =>
        [.. counts.OrderByDescending(one => one.Open).ThenBy(one => one.Name, StringComparer.Ordinal).Take(MostRows)];

    private BlockCounts? Count(bool may)
    {
        if (!may)
        {
            return null;
        }

        var ordered = blocks.Ordered;
        var inForce = ordered.Count(lease => lease.IsInForceAt(blocks.Now));
        return new(
            inForce, ordered.Count - inForce, blocks.HeldInPart,
            blocks.Leases.Count(lease => lease.State == LeaseState.Planned),
            blocks.IsEnforced);
    }

    /// <summary>What is done in part: blocks, those who should hold them, gardens.</summary>
    private IEnumerable<NeedSummary> Halves(BlockCounts? leases)
    {
        const string Now = "act";
        if (leases is { InPart: > 0 })
        {
            yield return new("block-part", Now, "", "", leases.InPart, null);
        }

        foreach (var down in Down().Take(MostRows))
        {
            yield return new("neighbour", Now, down.Part, down.State, 1, null);
        }

        if (leases is not null && Gardens() is var gardens and > 0)
        {
            yield return new("garden", Now, "", "", gardens, null);
        }
    }

    private IEnumerable<NeedSummary> Needs(
        DateTimeOffset at, IReadOnlyList<ExporterSummary> heard, HealthSnapshot parts, CaseCounts? counts,
        BlockCounts? leases, ApprovalCounts? asked)
    {
        const string Now = "act";
        const string Today = "look";
        if (counts is { Floods: > 0 })
        {
            yield return new("flood", Now, "", "", counts.Floods, null);
        }

        foreach (var part in parts.Parts.Where(part => part.Health.State == HealthState.Failing))
        {
            yield return new("health", Now, part.Part, part.Health.Reason, 1, part.Since);
        }

        foreach (var one in heard.Where(one => ExporterView.IsDown(one.State))
            .Take(MostRows))
        {
            yield return new("exporter", Now, one.Exporter, one.State, 1, at.AddSeconds(-one.HeardSecondsAgo));
        }

        if (leases is { NotHeld: > 0, IsEnforced: true })
        {
            yield return new("block", Now, "", "", leases.NotHeld, null);
        }

        foreach (var need in Halves(leases))
        {
            yield return need;
        }

        foreach (var part in parts.Parts.Where(part => part.Health.State == HealthState.Degraded))
        {
            yield return new("health", Today, part.Part, part.Health.Reason, 1, part.Since);
        }

        foreach (var one in heard.Where(one => one.State is ExporterView.Losing or ExporterView.Clock).Take(MostRows))
        {
            yield return new("exporter", Today, one.Exporter, one.State, 1, null);
        }

        if (asked is { Waiting: > 0 })
        {
            yield return new("approval", Today, "", "", asked.Waiting, asked.Oldest);
        }

        if (leases is { Planned: > 0 })
        {
            yield return new("plan", Today, "", "", leases.Planned, null);
        }

        foreach (var held in lists.Fetching.Held().Where(held => held.Held.DroppedBy is null))
        {
            yield return new("list", Today, held.Source.Name, held.Held.Reason, 1, held.Held.At);
        }
    }

    /// <summary>A count, done or under way.</summary>
    /// <param name="Told">What it says.</param>
    /// <param name="Change">What it is of: see <see cref="Changes"/>.</param>
    private sealed record Counted(Task<NowResponse> Told, long Change);
}
