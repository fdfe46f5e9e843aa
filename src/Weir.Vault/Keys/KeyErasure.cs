// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Vault.Chain;

namespace Weir.Vault.Keys;

/// <summary>Erases keys that are due, at the start and every minute. A failure is told and tried again a minute later;
/// meanwhile the key is refused by its date.</summary>
internal sealed class KeyErasure(EpochKeys keys, IAuditLog audit, TimeProvider time, ILogger<KeyErasure> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // None where the clock fell back into an epoch whose key is gone: its flows stay without names.
        if (Epochs.At(time.GetUtcNow()) is var epoch && keys.Has(epoch))
        {
            _ = keys.GetKey(epoch);
        }

        await EraseAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await EraseAsync(stoppingToken);
        }
    }

    private async Task EraseAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var epoch in keys.Erase())
            {
                _ = await audit.AppendAsync(
                    Asker.Itself.Entry(AuditActions.KeyErased, $"epoch {epoch}"), cancel);
                log.KeyErased(epoch);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AuditException)
        {
            log.NotErased(failure.Message);
        }
    }
}
