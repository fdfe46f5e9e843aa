// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Scopes;

/// <summary>Hears of scopes by a question that waits for news.</summary>
internal sealed class ScopesFeed(
    PeerClient desk, ScopeKeeper keeper, ScopesOptions options, TimeProvider time, ILogger<ScopesFeed> log)
    : BackgroundService
{
    private string _generation = "";
    private long _since;
    private string _fault = "";

    /// <summary>Why nothing is heard; empty where it is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.FirstPause;
        while (true)
        {
            try
            {
                var hasNews = await StepAsync(stoppingToken);
                pause = options.FirstPause;
                Volatile.Write(ref _fault, "");
                if (hasNews)
                {
                    continue;
                }
            }
            catch (Exception fault) when (fault is PeerDownException or PeerRefusedException)
            {
                if (Fault.Length == 0)
                {
                    log.ScopesNotHeard(fault.Message);
                }

                Volatile.Write(ref _fault, fault.Message);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever the desk says ends nothing here: the flows go on, and own events are recorded.
                if (Fault != fault.Message)
                {
                    log.ScopesNotApplied(fault);
                }

                Volatile.Write(ref _fault, fault.Message);
            }

            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }

    /// <summary>Asks once; false where the answer was nothing new, which a desk that does not wait gives at
    /// once.</summary>
    private async Task<bool> StepAsync(CancellationToken cancel)
    {
        var query = new Dictionary<string, string>
        {
            ["generation"] = _generation, ["since"] = _since.ToString(CultureInfo.InvariantCulture),
        };
        var changes = await desk.GetAsync(
            DeskRoutes.Scopes, DeskJson.Default.ScopeChanges, query, options.PollTimeout, cancel);
        if (changes is null || (changes.Generation, changes.Sequence) == (_generation, _since))
        {
            return false;
        }

        await keeper.ApplyAsync(changes, cancel);
        (_generation, _since) = (changes.Generation, changes.Sequence);
        return true;
    }
}
