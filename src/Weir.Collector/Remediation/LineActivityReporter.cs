// SPDX-License-Identifier: Apache-2.0
//
// Whether a line under a check was active: one boolean of the mechanical counter for each interval, to the vault alone.
// Who is silent because the connection is unplugged is not clean. What could not be said waits, within a bound.
using Microsoft.Extensions.Hosting;
using Weir.Collector.Scopes;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;
using Weir.Hosting.VaultClient;

namespace Weir.Collector.Remediation;

/// <summary>Reports each period.</summary>
internal sealed class LineActivityReporter(
    ScopeKeeper scopes, Pipeline pipeline, CollectorVaultClient vault, TimeSpan period, TimeProvider time)
    : BackgroundService
{
    /// <summary>Most reports that wait: two days of intervals of a minute.</summary>
    private const int MaxWaiting = 2_880;

    private const long MinuteMs = 60_000;

    private readonly Queue<LineActivityReport> _waiting = [];
    private long _fromMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private string _fault = "";

    /// <summary>Why the vault does not hear; empty where it does.</summary>
    public string Fault => Volatile.Read(ref _fault);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
            await SendAsync(stoppingToken);
        }
    }

    /// <summary>Asks the counters about the interval that ends now. A flow may be told a minute after it
    /// went.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        var (fromMs, untilMs) = (_fromMs, time.GetUtcNow().ToUnixTimeMilliseconds());
        _fromMs = untilMs;
        var lines = await scopes.CheckedLinesAsync(cancel);
        if (lines.Count == 0 || untilMs <= fromMs)
        {
            return;
        }

        var active = await pipeline.ActiveAsync(
            lines.Select(one => one.Line), (uint)Math.Max(1, (fromMs / MinuteMs) - 1), cancel);
        _waiting.Enqueue(new(
            fromMs, untilMs,
            [
                .. lines.GroupBy(one => one.Case).Select(one =>
                    new LineActivity(one.Key.ToString(), one.Any(line => active.Contains(line.Line)))),
            ]));
        while (_waiting.Count > MaxWaiting)
        {
            _ = _waiting.Dequeue();
        }
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        try
        {
            while (_waiting.TryPeek(out var report))
            {
                await vault.ReportActivityAsync(report, cancel);
                _ = _waiting.Dequeue();
            }

            Volatile.Write(ref _fault, "");
        }
        catch (VaultDownException down)
        {
            Volatile.Write(ref _fault, down.Message);
        }
        catch (VaultRefusedException refused)
        {
            _ = _waiting.Dequeue();
            Volatile.Write(ref _fault, refused.Message);
        }
    }
}
