// SPDX-License-Identifier: Apache-2.0
//
// Alerts of a running Weir: their journal, the channels as configured, and what they are fed from. Without a channel
// nothing is opened and nothing is kept.
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Cli.Web;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Channels;
using Weir.Hosting.Health;

namespace Weir.Cli.Serving;

/// <summary>Made by <see cref="OpenAsync"/>.</summary>
internal sealed class AlertParts : IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly AlertJournal? _journal;
    private readonly AlertFeed? _feed;
    private readonly TimeProvider _time;

    private AlertParts(AlertJournal? journal, AlertSender? sender, TimeProvider time) =>
        (_journal, Sender, _time, _feed) = (journal, sender, time, sender is null ? null : new AlertFeed(sender, time));

    /// <summary>None where no channel is configured.</summary>
    public AlertSender? Sender { get; }

    /// <exception cref="OperatorException">A channel or the journal cannot be had.</exception>
    public static async Task<AlertParts> OpenAsync(
        WeirConfiguration settings, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        if (settings.Notifying.Channels.Count == 0)
        {
            return new(null, null, time);
        }

        var channels = AlertChoices.Channels(settings.Notifying, time);
        AlertJournal? journal = null;
        try
        {
            journal = AlertJournal.Open(Path.Combine(settings.Cases.Dir, "alerts.sqlite"), time);
            return new(
                journal,
                await AlertSender.OpenAsync(
                    journal, channels, AlertChoices.Sending(settings.Notifying), time,
                    logs.CreateLogger<AlertSender>(), cancel),
                time);
        }
        catch (AlertJournalException fault)
        {
            journal?.Dispose();
            throw new OperatorException($"cases.dir: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>A comparison ended.</summary>
    public void Compared(Report shaped) => _feed?.Compared(shaped);

    /// <summary>A customer could not be told, for good or for too long.</summary>
    /// <exception cref="AlertJournalException">It could not be kept.</exception>
    public Task NoticeFailedAsync(CaseId id, ScopeId scope, NoticeStep step, string why, CancellationToken cancel) =>
        Sender?.EnqueueAsync(
            new Alert
            {
                Id = FormattableString.Invariant($"notice-failed-{id}-{(int)step}"),
                At = _time.GetUtcNow(),
                Kind = "notice-failed",
                Severity = Severity.Warning,
                Case = id,
                Scope = scope,
                Text = $"the customer of case {id} was not told: {why}",
                Words = new Dictionary<string, string> { ["step"] = Schema.Kebab(step.ToString()) },
            },
            cancel) ?? Task.CompletedTask;

    /// <summary>Looks for what is to be told, and makes the digest where one is due.</summary>
    public async Task LookAsync(
        CaseHandler? cases, MitigationController blocks, HealthRegistry health, CancellationToken cancel)
    {
        if (_feed is not null)
        {
            await _feed.LookAsync(cases?.Files ?? [], blocks.Leases, blocks.Refused, health.Read(), cancel);
            await Sender!.DigestAsync(cancel);
        }
    }

    public Task RunAsync(CancellationToken cancel) => Sender?.RunAsync(cancel) ?? Task.Delay(Timeout.Infinite, cancel);

    public ComponentHealth Look() =>
        (Sender?.ChannelStatuses ?? [])
            .Where(s => s.Fault.Length > 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"channel {s.Name}, {s.Waiting} wait: {s.Fault}"))
            .ToList() is { Count: > 0 } faults
            ? ComponentHealth.Degraded(string.Join("; ", faults))
            : ComponentHealth.Ok;

    public void Dispose()
    {
        foreach (var channel in Sender?.Channels.OfType<IDisposable>() ?? [])
        {
            channel.Dispose();
        }

        Sender?.Dispose();
        _journal?.Dispose();
    }
}
