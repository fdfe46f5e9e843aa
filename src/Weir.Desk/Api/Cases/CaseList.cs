// SPDX-License-Identifier: Apache-2.0
//
// The list of case files by filters. What the index knows narrows it; each case that is left is judged by itself, and no
// more of them than the page has rows and one.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Cases;

/// <summary>Reads pages of cases.</summary>
internal sealed class CaseList(CaseHandler cases, CaseFormatter format)
{
    private const int TimeBits = 60;

    private static readonly string[] Live = [.. Enum.GetValues<CaseState>()
        .Where(state => state is CaseState.Open or CaseState.Assigned or CaseState.Snoozed).Select(CaseStateMachine.ToName)];

    /// <summary>What opens scopes and is no rule of the catalogue.</summary>
    public static IReadOnlyList<string> OtherRules { get; } = ["complaint", "consent", "remediation"];

    /// <summary>The page that a call asks for.</summary>
    /// <exception cref="ApiRefusalException">The query cannot be read.</exception>
    public ApiPage<CaseSummary> Read(ApiCall call)
    {
        var isGravest = call.Query("sort") switch
        {
            null => false,
            "severity" => true,
            var sort => throw ApiRefusalException.BadRequest($"sort '{sort}' is none; write severity, or leave it out"),
        };
        var behind = ReadPlace(call, isGravest);
        var fits = Judges(call);
        var found = cases.Walk(new()
        {
            Having = Having(call),
            Severity = Enum.GetValues<CaseSeverity>().Cast<CaseSeverity?>()
                .FirstOrDefault(one => CaseSeverities.ToName(one!.Value) == call.Query("severity")),
            IsGravestFirst = isGravest,
            From = ApiTimes.ReadFrom(call),
            To = ApiTimes.ReadTo(call),
            Behind = behind?.Place,
            BehindSeverity = behind?.Severity,
        }).Where(entry => fits.TrueForAll(judge => judge(entry.Case))).Take(call.Limit + 1).ToList();
        var page = found.Take(call.Limit).ToList();
        return new(
            [.. page.Select(entry => format.Summary(entry.Case))],
            page.Count < found.Count ? PlaceOf(page[^1], isGravest).ToString() : null);
    }

    /// <summary>By the time alone, or by the severity before it: ticks of a time stay below 2 to the 60th.</summary>
    private static PageCursor PlaceOf(CaseEntry entry, bool isGravest) => new(
        (isGravest ? (long)entry.Traits.Severity << TimeBits : 0) + CaseOrderKey.Of(entry.Case).OpenedTicks,
        entry.Case.Id.ToString());

    private static (CaseSeverity? Severity, CaseOrderKey Place)? ReadPlace(ApiCall call, bool isGravest)
    {
        if (PageCursor.Read(call) is not { } after)
        {
            return null;
        }

        var severity = (CaseSeverity)(after.Ticks >> TimeBits);
        return CaseId.TryParse(after.Name, out var id) && Enum.IsDefined(severity) == isGravest
            ? (isGravest ? severity : null, new(after.Ticks & ((1L << TimeBits) - 1), id))
            : throw PageCursor.Wrong(call);
    }

    /// <summary>What the index can narrow it by: each of them holds of every case that fits.</summary>
    private List<IReadOnlyList<CaseTrait>> Having(ApiCall call)
    {
        var states = call.Query("state")?.Split(',') ?? [.. Enum.GetValues<CaseState>().Select(CaseStateMachine.ToName)];
        List<IReadOnlyList<CaseTrait>> having = [[.. states.Select(state => new CaseTrait(CaseTraitKind.State, state))]];
        if (states.Except(Live).Any())
        {
            return having;
        }

        if (call.Query("rule") is { } rules)
        {
            having.Add([.. rules.Split(',').Select(rule => new CaseTrait(CaseTraitKind.Rule, rule))]);
        }

        if (call.Query("assignee") is { } user)
        {
            having.Add([new(CaseTraitKind.Assignee, NameOf(user))]);
        }

        if (call.Query("endpoint") is { } endpoint && AddressOf(endpoint) is { } address)
        {
            having.Add([CaseTrait.Of(address)]);
        }

        if (call.Query("list") is not null || call.Query("family") is not null)
        {
            having.Add([.. cases.Index.Endpoints().Where(one => IsListed(call, [one]))
                .Select(one => new CaseTrait(CaseTraitKind.Endpoint, "", one))]);
        }

        return having;
    }

    private List<Predicate<CaseFile>> Judges(ApiCall call)
    {
        List<Predicate<CaseFile>> judges = [];
        void Add(string parameter, Func<string, Predicate<CaseFile>> judge)
        {
            if (call.Query(parameter) is { } wanted)
            {
                judges.Add(judge(wanted));
            }
        }

        Add("state", wanted => file => wanted.Split(',').Contains(CaseStateMachine.ToName(file.State)));
        Add("assignee", wanted => file => file.Assignee == NameOf(wanted));
        Add("rule", wanted => file => CaseTraits.RulesOf(file).Any(wanted.Split(',').Contains));
        Add("purpose", wanted => file => file.Scopes.Any(held => Purposes.ToName(held.Scope.Purpose) == wanted));
        Add("endpoint", wanted => file => file.Scopes.Any(held => IsAbout(held.Scope.Class.Predicate, wanted)));
        Add("list", _ => file => IsListed(call, CaseTraits.EndpointsOf(file)));
        Add("family", _ => file => IsListed(call, CaseTraits.EndpointsOf(file)));
        Add("level", wanted => file => format.LevelOf(file) == wanted);
        Add("notice", wanted => file => format.NoticeOf(file).Split(' ').Contains(wanted));
        return judges;
    }

    private static string NameOf(string user) => user == "-" ? "" : user;

    /// <summary>Whether what lists say of endpoints has the list and the family that are wanted.</summary>
    private bool IsListed(ApiCall call, IEnumerable<Endpoint> endpoints)
    {
        List<ListEntry> entries = [.. format.EntriesOf(endpoints)];
        return Has("list", entry => entry.List) && Has("family", entry => entry.Family);

        bool Has(string parameter, Func<ListEntry, string> word) => call.Query(parameter) is not { } wanted
            || entries.Exists(entry => word(entry) == wanted || word(entry).Split(' ').Contains(wanted));
    }

    private static IpKey? AddressOf(string endpoint) =>
        IpKey.TryParse(endpoint, out var address) ? address
        : Endpoint.TryParse(endpoint, out var whole) || Endpoint.TryParse(endpoint + "/tcp", out whole) ? whole.Address
        : null;

    /// <summary>An endpoint as it is written, or its address alone.</summary>
    private static bool IsAbout(FlowPredicate predicate, string endpoint) =>
        predicate.Remotes.Any(remote => remote.ToString() == endpoint || predicate.RemotePorts.Any(
            port => new Endpoint(remote, port, predicate.Protocol).ToString() is var whole
                && (whole == endpoint || whole.Split('/')[0] == endpoint)));
}
