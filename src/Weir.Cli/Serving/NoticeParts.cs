// SPDX-License-Identifier: Apache-2.0
//
// Notices to customers of a running Weir: the journal in the records of cases, the desk, the vault as its pipe.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Web;
using Weir.Contracts.Notices;
using Weir.Desk.Cases;
using Weir.Desk.Notices;
using Weir.Desk.Records;
using Weir.Hosting.Health;

namespace Weir.Cli.Serving;

/// <summary>Opened when the cases are; see <see cref="OpenAsync"/>.</summary>
internal sealed class NoticeParts(
    NoticeSettings settings, INoticeGateway? pipe, ICaseLinks links, AlertParts alerts, TimeProvider time,
    ILoggerFactory logs)
    : IDisposable
{
    public static readonly TimeSpan KeepPeriod = TimeSpan.FromSeconds(5);

    private NoticeDispatcher? _desk;

    /// <summary>Once it is open.</summary>
    public NoticeDispatcher Desk => _desk ?? throw new InvalidOperationException("The notices are not open yet.");

    /// <exception cref="NoticeJournalException">The journal cannot be read.</exception>
    public async Task OpenAsync(CaseParts cases, CaseHandler desk, RecordsFile records, CancellationToken cancel) =>
        _desk = await NoticeDispatcher.OpenAsync(
            new NoticeDispatcherDependencies
            {
                Cases = desk,
                Pipe = pipe,
                Journal = new NoticeRecords(records),
                Audit = cases.Audit,
                Links = links,
                Policy = cases.Policy,
                Options = new NoticeOptions
                {
                    Delay = settings.Delay,
                    MinDuration = settings.Least,
                    MaxPerMinute = settings.MostAMinute,
                    GiveUp = settings.GiveUp
                },
                Untold = (row, give) => alerts.NoticeFailedAsync(row.Case, row.Scope, row.Step, row.Fault, give),
                Time = time,
                Log = logs.CreateLogger<NoticeDispatcher>(),
            },
            cancel);

    public Task KeepAsync(CancellationToken cancel) => _desk?.RunOnceAsync(cancel) ?? Task.CompletedTask;

    public void Show(IMeterFactory meters, HealthRegistry health)
    {
        _ = new NoticeMetrics(meters, () => _desk);
        health.Add("notices", () => _desk is { Fault: { Length: > 0 } fault }
            ? ComponentHealth.Degraded($"customers are not told: {fault}")
            : ComponentHealth.Ok);
    }

    public void Dispose() => _desk?.Dispose();
}
