// SPDX-License-Identifier: Apache-2.0
//
// What the provider's people are told of. It is read from what is recorded, again and again, and each thing has an id
// of its own: what happened while Weir was down or before it could be kept is told at the next look, and nothing twice.
using System.Collections.Immutable;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Enrichment;
using Weir.Desk.Mitigation;
using Weir.Desk.Reporting;
using Weir.Hosting.Health;

namespace Weir.Desk.Alerts;

/// <summary>Makes alerts of case files, blocks, reports and health. One caller.</summary>
/// <param name="sender">Takes them.</param>
/// <param name="owners">Whose networks far ends are in.</param>
/// <param name="time">The clock.</param>
internal sealed class AlertFeed(AlertSender sender, NetworkOwners owners, TimeProvider time)
{
    /// <summary>What is announced and not confirmed for so long is told of.</summary>
    private static readonly TimeSpan Unconfirmed = TimeSpan.FromMinutes(5);

    /// <summary>The word that says whose network a far end is in; left out where no file says.</summary>
    private const string Network = "network";

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Alarm> _alarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HealthState> _health = new(StringComparer.Ordinal);
    private Report? _compared;
    private long _refused;

    /// <summary>A comparison ended; its candidates are told of at the next look.</summary>
    public void Compared(Report shaped) => Volatile.Write(ref _compared, shaped);

    /// <summary>One look.</summary>
    /// <param name="cases">Case files that changed since the look before.</param>
    /// <param name="leases">All blocks.</param>
    /// <param name="refused">Blocks that guardrails refused since the start.</param>
    /// <param name="health">Parts of the desk.</param>
    /// <param name="alarms">What stands.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AlertJournalException">Something could not be kept; the next look takes it.</exception>
    public async Task LookAsync(
        IEnumerable<CaseFile> cases, IEnumerable<Lease> leases, long refused, HealthSnapshot health,
        IReadOnlyList<Alarm> alarms, CancellationToken cancel)
    {
        await TellAsync(alarms, cancel);
        foreach (var alert in cases.SelectMany(Of).Concat(leases.SelectMany(Of)).Concat(Candidates()))
        {
            await TellAsync(alert, cancel);
        }

        if (refused > _refused)
        {
            await TellAsync(
                Made(
                    $"block-refused-{time.GetUtcNow().ToUnixTimeMilliseconds()}", time.GetUtcNow(), "block-refused",
                    Severity.Notice,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"guardrails refused {refused - _refused} plans or orders of blocks")),
                cancel);
            _refused = refused;
        }

        foreach (var part in health.Parts.Where(p => p.Part is not "notifying"))
        {
            if (_health.GetValueOrDefault(part.Part) != part.Health.State)
            {
                await TellAsync(Of(part), cancel);
                _health[part.Part] = part.Health.State;
            }
        }
    }

    /// <summary>Each alarm when it begins, also where it began before this process, and when it is over.</summary>
    private async Task TellAsync(IReadOnlyList<Alarm> alarms, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var standing = alarms.DistinctBy(IdOf).ToDictionary(IdOf, StringComparer.Ordinal);
        foreach (var (id, alarm) in standing.Where(one => !_alarms.ContainsKey(one.Key)))
        {
            await TellAsync(Of(id, alarm, alarm.Kind, Severity.Warning, alarm.Text), cancel);
            _alarms[id] = alarm;
        }

        foreach (var (id, alarm) in _alarms.Where(one => !standing.ContainsKey(one.Key)).ToList())
        {
            await TellAsync(Of($"{id}-over", alarm, "alarm-over", Severity.Notice, $"over: {alarm.Text}"), cancel);
            _ = _alarms.Remove(id);
        }

        Alert Of(string id, Alarm alarm, string kind, Severity severity, string text) =>
            Made(id, now, kind, severity, text) with
            {
                Words = new Dictionary<string, string>
                {
                    ["alarm"] = alarm.Kind,
                    ["what"] = alarm.Key,
                    ["since"] = alarm.Since.UtcDateTime.ToString("u", CultureInfo.InvariantCulture),
                },
            };

        static string IdOf(Alarm alarm) => string.Create(
            CultureInfo.InvariantCulture,
            $"{alarm.Kind}-{alarm.Key.Replace(':', '-').Replace(' ', '-')}-{alarm.Since.ToUnixTimeMilliseconds()}");
    }

    private IEnumerable<Alert> Of(CaseFile file)
    {
        var words = file.Scopes is [var first, ..]
            ? ImmutableDictionary<string, string>.Empty.Add("rule", first.Scope.Trigger)
                .Add("purpose", Purposes.ToName(first.Scope.Purpose)).Add("class", first.Scope.Class.ToString())
            : ImmutableDictionary<string, string>.Empty;
        var networks = owners.NamesOf(file.Scopes.Take(1).SelectMany(held => held.Scope.Class.Predicate.Remotes));
        words = networks.Length > 0 ? words.Add(Network, networks) : words;
        yield return Made(
            FormattableString.Invariant($"case-opened-{file.Id}"), file.OpenedAt, "case-opened", Severity.Notice,
            $"case {file.Id} was opened by {words.GetValueOrDefault("rule", "an event")}") with
        {
            Case = file.Id, Scope = file.Scopes is [var scope, ..] ? scope.Scope.Id : default, Words = words,
        };
        if (file.ClosedAt is { } closed)
        {
            var verdict = CaseStateMachine.ToName(file.Verdict);
            yield return Made(
                FormattableString.Invariant($"case-closed-{file.Id}-{closed.ToUnixTimeMilliseconds()}"), closed,
                "case-closed", Severity.Informational, $"case {file.Id} was closed: {verdict}") with
            {
                Case = file.Id, Words = words.Add("verdict", verdict),
            };
        }
    }

    /// <summary>A block is in force once a router or resolver answered that it holds it, and is told of when none does
    /// for minutes. A block of one line says so; its address is the subscriber's.</summary>
    private IEnumerable<Alert> Of(Lease lease)
    {
        var now = time.GetUtcNow();
        var (kind, severity, at) = lease.State switch
        {
            LeaseState.Verified => ("block-in-force", Severity.Notice, lease.StateAt),
            LeaseState.Withdrawn or LeaseState.Expired when lease.ApprovedAt is not null =>
                ("block-over", Severity.Informational, lease.StateAt),
            LeaseState.Approved or LeaseState.Announced
                when lease.Reason.Code != LeaseReasonCode.DryRun && now - lease.StateAt > Unconfirmed =>
                ("block-not-in-force", Severity.Warning, now),
            _ => ("", Severity.Informational, now),
        };
        if (kind.Length > 0)
        {
            var target = lease.Target.IsForOneLine ? "one line" : lease.Target.ToString();
            var network = lease.Target is { IsForOneLine: false, Remote: { } remote }
                ? $"{owners.Find(remote.Network)}" : "";
            var named = network.Length > 0 ? $"{target} ({network})" : target;
            var text = kind switch
            {
                "block-over" => $"block {lease.Id} is over: {LeaseReasonText.Format(lease.Reason)}",
                "block-in-force" => string.Create(
                    CultureInfo.InvariantCulture,
                    $"block {lease.Id} of {named} is in force until {lease.EndsAt.UtcDateTime:u}, {lease.Confirmed} hold it"),
                _ => $"block {lease.Id} of {named} is not in force: {LeaseReasonText.Format(lease.Reason)}",
            };
            yield return Made($"{kind}-{lease.Id}", at, kind, severity, text) with
            {
                Case = lease.Case,
                Words = Named(network, new Dictionary<string, string>
                {
                    ["block"] = lease.Id.ToString(),
                    ["target"] = target,
                    ["until"] = lease.EndsAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture),
                    ["held"] = lease.Confirmed.ToString(),
                }),
            };
        }
    }

    private IEnumerable<Alert> Candidates()
    {
        foreach (var candidate in Volatile.Read(ref _compared)?.Candidates ?? [])
        {
            var endpoint = string.Create(
                CultureInfo.InvariantCulture, $"{candidate.Remote}:{candidate.Port}/{candidate.Protocol}");
            var network = $"{owners.Find(candidate.Remote)}";
            var named = network.Length > 0 ? $"{endpoint} ({network})" : endpoint;
            yield return Made(
                $"candidate-found-{endpoint.Replace(':', '-').Replace('/', '-')}", time.GetUtcNow(), "candidate-found",
                Severity.Warning, $"the comparison found {named}: {candidate.Status}") with
            {
                Words = Named(network, new Dictionary<string, string>
                {
                    ["endpoint"] = endpoint, ["status"] = candidate.Status,
                }),
            };
        }
    }

    private static Dictionary<string, string> Named(string network, Dictionary<string, string> words)
    {
        if (network.Length > 0)
        {
            words[Network] = network;
        }

        return words;
    }

    private Alert Of(ComponentHealthEntry part)
    {
        var now = time.GetUtcNow();
        var isBad = part.Health.State != HealthState.Ok;
        var severity = part.Health.State switch
        {
            HealthState.Failing => Severity.Error,
            HealthState.Degraded => Severity.Warning,
            _ => Severity.Notice
        };
        return Made(
            string.Create(
                CultureInfo.InvariantCulture, $"health-{part.Part.Replace(' ', '-')}-{now.ToUnixTimeMilliseconds()}"),
            now, isBad ? "health-bad" : "health-good", severity,
            isBad ? $"{part.Part}: {part.Health.Reason}" : $"{part.Part} is well again") with
        { Words = new Dictionary<string, string> { ["part"] = part.Part } };
    }

    private static Alert Made(string id, DateTimeOffset at, string kind, Severity severity, string text) =>
        new() { Id = id, At = at, Kind = kind, Severity = severity, Text = text };

    private async Task TellAsync(Alert alert, CancellationToken cancel)
    {
        if (alert.At >= sender.Since && !_told.Contains(alert.Id))
        {
            _ = await sender.EnqueueAsync(alert, cancel);
            _ = _told.Add(alert.Id);
        }
    }
}
