// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
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
/// <param name="familiesOf">What lists call the endpoints of a case.</param>
internal sealed class NowView(
    CaseHandler cases, MitigationController blocks, ListSet lists, HealthRegistry health,
    Func<CaseFile, IEnumerable<string>> familiesOf)
{
    private const int MostRows = 6;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Many walls ask the same within the same seconds.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<bool, NowResponse> _last = [];

    /// <summary>As it stands, at most two seconds old; what is counted depends on nothing but whether the role
    /// may.</summary>
    public NowResponse Read(ExporterView exporters, RateHistory rates, Actor reader, DateTimeOffset now, string profile)
    {
        var may = Roles.May(reader.Role, Permission.ListCases);
        lock (_gate)
        {
            if (!_last.TryGetValue(may, out var last) || now - last.At >= Kept || now < last.At)
            {
                _last[may] = last = Count(exporters, rates, may, now, profile);
            }

            return last;
        }
    }

    private NowResponse Count(ExporterView exporters, RateHistory rates, bool may, DateTimeOffset now, string profile)
    {
        var heard = exporters.Read().Exporters;
        var parts = health.Read();
        List<CaseFile> open = may ? [.. cases.Files.Where(file => file.TakesEvents)] : [];
        bool IsNew(CaseFile file) => now - file.OpenedAt < Day;
        var counts = may ? new CaseCounts(
            open.Count, open.Count(IsNew), open.Count(file => RulesOf(file).Any(IsFlood)),
            open.Count(file => file.Assignee.Length == 0)) : null;
        var leases = Count(may);
        var waiting = cases.Asked;
        var asked = may ? new ApprovalCounts(waiting.Count, waiting.Count > 0 ? waiting[0].AskedAt : null) : null;
        return new(
            now, profile, HealthView.Word(parts.State), exporters.FlowsPerSecond(), rates.Values, heard.Count,
            heard.Count(one => !ExporterView.IsDown(one.State)),
            [.. heard.Where(one => one.State != ExporterView.Up).CountBy(one => one.State)
                .Select(one => new OpenCount(one.Key, one.Value, 0))],
            exporters.EventsOpen(), lists.Read().Where(list => list.Role == ListRole.C2).Sum(list => list.Entries),
            counts, Group(open, RulesOf, IsNew), Group(open, familiesOf, IsNew), leases, asked,
            [.. Needs(heard, parts, counts, leases, asked)]);
    }

    private static IEnumerable<string> RulesOf(CaseFile file) =>
        file.Scopes.Select(held => CaseFormatter.RuleOf(held.Scope.Trigger)).Distinct();

    /// <summary>Of DDoS, from a line or to it.</summary>
    private static bool IsFlood(string rule) =>
        DetectionRules.Find(rule) is { Purpose: Purpose.DdosSource } or { IsOfVictim: true };

    private static IReadOnlyList<OpenCount> Group(
        List<CaseFile> files, Func<CaseFile, IEnumerable<string>> names, Func<CaseFile, bool> isNew) =>
    [
        .. files.SelectMany(file => names(file).Select(name => (Name: name, File: file)))
            .GroupBy(one => one.Name, StringComparer.Ordinal)
            .Select(same => new OpenCount(same.Key, same.Count(), same.Count(one => isNew(one.File))))
            .OrderByDescending(one => one.Open).ThenBy(one => one.Name, StringComparer.Ordinal).Take(MostRows),
    ];

    private BlockCounts? Count(bool may)
    {
        if (!may)
        {
            return null;
        }

        var inForce = blocks.Active.Count(lease => lease.IsInForceAt(blocks.Now));
        return new(
            inForce, blocks.Active.Count - inForce, blocks.Leases.Count(lease => lease.State == LeaseState.Planned),
            blocks.IsEnforced);
    }

    private IEnumerable<NeedSummary> Needs(
        IReadOnlyList<ExporterSummary> heard, HealthSnapshot parts, CaseCounts? counts, BlockCounts? leases,
        ApprovalCounts? asked)
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
            yield return new("exporter", Now, one.Exporter, one.State, 1, null);
        }

        if (leases is { NotHeld: > 0, IsEnforced: true })
        {
            yield return new("block", Now, "", "", leases.NotHeld, null);
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
}
