// SPDX-License-Identifier: Apache-2.0
//
// The ladder of a running Weir: its records beside those of cases, the desk, and the round that keeps it.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Lists;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Links;
using Weir.Desk.Records;
using Weir.Store.ClickHouse;

namespace Weir.Cli.Serving;

/// <summary>Opened when the cases are; see <see cref="OpenAsync"/>.</summary>
internal sealed class LadderParts(
    WeirConfiguration settings, IAccessControlGateway? lines, CurrentWatchlist lists, TimeProvider time,
    ILoggerFactory logs)
    : ICustomerActions, IDisposable
{
    public static readonly TimeSpan KeepPeriod = TimeSpan.FromSeconds(10);

    private EscalationController? _desk;

    /// <summary>Once it is open.</summary>
    public EscalationController Desk => _desk ?? throw new InvalidOperationException("The ladders are not open yet.");

    public async Task OpenAsync(
        CaseParts cases, CaseHandler desk, RecordsFile records, BlockParts blocks, NoticeParts notices, FlowStore store,
        CancellationToken cancel)
    {
        var pipe = lines ?? new NoLines();
        _desk = await EscalationController.OpenAsync(
            new EscalationDependencies
            {
                Cases = desk,
                Blocks = blocks.Desk,
                Records = new EscalationRecords(records),
                Audit = cases.Audit,
                Notices = new DeskNotices(notices.Desk),
                Lines = pipe,
                Endpoints = new ListedStandings(
                    lists, [.. settings.Escalating.TrustedLists], new CollateralCounts(store.Client, time), desk,
                    Path.Combine(settings.Report.Dir, "report.json"), time),
                Protected = new VaultProtected(pipe),
                Policy = cases.Policy,
                Options = LadderChoices.Options(settings.Escalating),
                Exempt = LadderChoices.Words(settings.Escalating),
                Time = time,
                Log = logs.CreateLogger<EscalationController>(),
            },
            cancel);
    }

    public Task KeepAsync(CancellationToken cancel) => _desk?.RunOnceAsync(cancel) ?? Task.CompletedTask;

    public void Show(IMeterFactory meters) => _ = new EscalationMetrics(meters, () => _desk);

    async Task ICustomerActions.FixedAsync(CaseId id, CancellationToken cancel)
    {
        // A check that runs is not begun anew: who clicks twice does not wait twice as long.
        if (Desk.Find(id) is not { State: EscalationState.Checking })
        {
            _ = await Desk.FixedAsync(null, id, settings.Selfservice.CheckTime, cancel);
        }
    }

    async Task ICustomerActions.AppealAsync(CaseId id, string words, CancellationToken cancel) =>
        _ = await Desk.AppealAsync(id, words, cancel);

    public void Dispose() => _desk?.Dispose();
}
