// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Enrichment;
using Weir.Desk.Mitigation;
using Weir.Desk.Reporting;
using Weir.Hosting.Channels;
using Weir.Hosting.Health;

namespace Weir.Desk.Alerts;

/// <summary>Tells the provider's own people. Without a channel it tells nobody.</summary>
internal sealed class AlertPublisher(
    AlertJournal? journal, AlertSender? sender, NetworkOwners owners, TimeProvider time) : IDisposable
{
    private readonly AlertFeed? _feed = sender is null ? null : new AlertFeed(sender, owners, time);
    private long _seen;

    /// <summary>None where no channel is configured.</summary>
    public AlertSender? Sender => sender;

    /// <summary>A comparison ended.</summary>
    public void Compared(Report shaped) => _feed?.Compared(shaped);

    /// <summary>A customer could not be told, for good or for too long.</summary>
    /// <exception cref="AlertJournalException">It could not be kept.</exception>
    public Task NoticeFailedAsync(CaseId id, ScopeId scope, NoticeStep step, string why, CancellationToken cancel) =>
        sender?.EnqueueAsync(
            new Alert
            {
                Id = FormattableString.Invariant($"notice-failed-{id}-{(int)step}"),
                At = time.GetUtcNow(),
                Kind = "notice-failed",
                Severity = Severity.Warning,
                Case = id,
                Scope = scope,
                Text = $"the customer of case {id} was not told: {why}",
                Words = new Dictionary<string, string> { ["step"] = NoticeNames.ToName(step) },
            },
            cancel) ?? Task.CompletedTask;

    /// <summary>One alert of kind <c>test</c> by one channel, at once and past the journal.</summary>
    /// <exception cref="ChannelException">It was not taken.</exception>
    public Task TestAsync(IAlertChannel channel, string by, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return channel.SendAsync(
            new Alert
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"test-{now.ToUnixTimeMilliseconds()}"),
                At = now,
                Kind = "test",
                Severity = Severity.Informational,
                Text = $"{by} tries channel {channel.Name} of Weir; nothing happened",
                Words = new Dictionary<string, string> { ["by"] = by },
            },
            cancel);
    }

    /// <summary>Looks for what is to be told, and makes the digest where one is due.</summary>
    public async Task RunOnceAsync(
        CaseHandler cases, MitigationController blocks, HealthRegistry health, IEnumerable<IAlarmSource> alarms,
        CancellationToken cancel)
    {
        if (_feed is not null)
        {
            var step = cases.LatestStep;
            await _feed.LookAsync(
                cases.ChangedSince(_seen), blocks.Leases, blocks.Refused, health.Read(),
                [.. alarms.SelectMany(source => source.Alarms)], cancel);
            _seen = step;
            await sender!.DigestAsync(cancel);
        }
    }

    /// <summary>Sends until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => sender?.RunAsync(cancel) ?? Task.CompletedTask;

    public ComponentHealth Check() =>
        (sender?.ChannelStatuses ?? [])
            .Where(s => s.Fault.Length > 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"channel {s.Name}, {s.Waiting} wait: {s.Fault}"))
            .ToList() is { Count: > 0 } faults
            ? ComponentHealth.Degraded(string.Join("; ", faults))
            : ComponentHealth.Ok;

    public void Dispose()
    {
        foreach (var channel in sender?.Channels.OfType<IDisposable>() ?? [])
        {
            channel.Dispose();
        }

        sender?.Dispose();
        journal?.Dispose();
    }
}
