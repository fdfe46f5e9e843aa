// SPDX-License-Identifier: Apache-2.0
//
// Beside the rest the looking back of what was promoted: at once, and again when what was on its way to the store then
// must be there. A stop in between is made up for at the next start, under the same leave.
using Microsoft.Extensions.Logging;
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Promotion;

/// <summary>Looks back for what is due. One caller.</summary>
internal sealed class LookBackRounds(
    CaseHandler cases, PromotedFile promoted, LookBack search, TimeSpan settles, TimeProvider time,
    ILogger<LookBackRounds> log)
{
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var faults = new List<string>();
        foreach (var promotion in promoted.All.Where(IsDue).ToList())
        {
            var name = CaseHandler.Name(promotion.Approval);
            if (cases.Promotion(promotion.Approval, LookBack.ValidFor) is not { } leave)
            {
                log.LookBackOver(name);
                await promoted.MarkAsync(promotion, LookBackState.Done, cancel);
                continue;
            }

            try
            {
                if (!await search.RunAsync(leave, cancel))
                {
                    log.LookBackCut(name, LookBack.MaxContacts);
                }
            }
            catch (Exception fault) when (fault is not AuditException && !cancel.IsCancellationRequested)
            {
                // The others are searched all the same; this one the next time.
                faults.Add($"{name}: {fault.Message}");
                continue;
            }

            var next = promotion.LookedBack == LookBackState.Due ? LookBackState.Once : LookBackState.Done;
            await promoted.MarkAsync(promotion, next, cancel);
            log.LookedBack(name, next);
        }

        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"looking back failed: {string.Join("; ", faults)}");
        }
    }

    private bool IsDue(Promotion promotion) =>
        promotion.LookedBack == LookBackState.Due
        || (promotion.LookedBack == LookBackState.Once && promotion.At + settles <= time.GetUtcNow());
}
