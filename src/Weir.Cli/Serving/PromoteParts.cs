// SPDX-License-Identifier: Apache-2.0
//
// Promotion in a running Weir: our own list among the lists, the desk for people, and beside the way the looking back
// of what was promoted: at once, and again when what was on its way to the store then must be there. A stop in between
// is made up for at the next start, under the same leave.
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Store.ClickHouse;
using Weir.Store.LookBack;

namespace Weir.Cli.Serving;

/// <summary>Opened in two steps: <see cref="Open"/> before the lists are read, <see cref="Begin"/> when
/// the desk stands.</summary>
internal sealed class PromoteParts(WeirConfiguration settings, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = logs.CreateLogger<PromoteParts>();
    private readonly PromotedFile _file = new(settings.Cases.Dir, time);
    private LookBack? _lookBack;
    private CaseHandler? _desk;

    /// <summary>Null until <see cref="Begin"/>.</summary>
    public PromotionHandler? Desk { get; private set; }

    /// <summary>What a digest may take from its flow to the store.</summary>
    private TimeSpan Settles => settings.Decoding.ActiveTimeout + settings.Digesting.FlushInterval + CaseParts.OnTheWay;

    public FeedOptions Open() => _file.Open();

    public void RefreshWith(ListRefresher refresher) => _file.RefreshWith(refresher);

    public PromotionHandler Begin(
        CaseHandler desk, FlowStore store, CurrentWatchlist lists, IEpochKeySource? keys, SigningKey signer,
        IAuditLog audit)
    {
        _desk = desk;
        _lookBack = new(new()
        {
            Desk = desk,
            Store = new InProcessLookBack(new(
                new PromotedContacts(store.Client), signer, keys is null ? null : keys.Has, settings.Cases.LookBack,
                time)),
            Audit = audit,
            Time = time,
        });
        return Desk = new(new()
        {
            Desk = desk,
            Candidates = new ComparedRuns(settings.Report.Dir),
            Promoted = _file,
            Lists = lists,
            Lifetime = settings.Cases.PromotedFor,
            Time = time,
        });
    }

    /// <summary>Looks back for what is due.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        if (_desk is null || _lookBack is null)
        {
            return;
        }

        foreach (var promotion in _file.All.Where(IsDue).ToList())
        {
            var name = CaseHandler.Name(promotion.Approval);
            if (_desk.Promotion(promotion.Approval, LookBack.ValidFor) is not { } leave)
            {
                _log.LookBackOver(name);
                await _file.MarkAsync(promotion, LookBackState.Done, cancel);
                continue;
            }

            if (!await _lookBack.RunAsync(leave, cancel))
            {
                _log.LookBackCut(name, LookBack.MaxContacts);
            }

            var next = promotion.LookedBack == LookBackState.Due ? LookBackState.Once : LookBackState.Done;
            await _file.MarkAsync(promotion, next, cancel);
            _log.LookedBack(name, next);
        }
    }

    public void Dispose() => _file.Dispose();

    private bool IsDue(Promotion promotion) =>
        promotion.LookedBack == LookBackState.Due
        || (promotion.LookedBack == LookBackState.Once && promotion.At + Settles <= time.GetUtcNow());
}
