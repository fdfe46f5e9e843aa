// SPDX-License-Identifier: Apache-2.0
//
// Between desk and shards of one process: the scopes in force are resolved under the keys in memory and put before the
// shards, and what the shards say goes back as a collector's report.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>From a pseudonym to what the shards know a subject by, in memory only.</summary>
internal interface ISubjectBlocks
{
    /// <summary>The subject's block; null where the epoch's key is gone.</summary>
    IpKey? BlockOf(SubjectKey subject, uint epoch);
}

/// <summary>Follows a desk. One reader at a time.</summary>
internal sealed class InProcessScopes(
    CaseHandler desk, IScopeWriter shards, ISubjectBlocks blocks, TimeProvider time) : IDisposable
{
    private const string Collector = "collector";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _since;
    private string? _generation;
    private string _fault = "";

    /// <summary>Why scopes are not in force yet, or empty.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Puts before the shards what changed, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                try
                {
                    await PumpAsync(cancel);
                    _ = await desk.Orders.WaitAsync(_generation, _since, Patience, cancel);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    Volatile.Write(ref _fault, failure.Message);
                    await Task.Delay(TryAgain, time, cancel);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Puts before the shards what changed so far.</summary>
    public async Task PumpAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            while (desk.Orders.Read(_generation, _since) is { } news)
            {
                await WatchAsync(news.Orders, cancel);
                if (news.Ended.Count > 0)
                {
                    await shards.EndAsync(news.Ended, cancel);
                }

                (_generation, _since) = (news.Generation, news.Sequence);
            }

            Volatile.Write(ref _fault, "");
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task WatchAsync(IReadOnlyList<ScopeOrder> orders, CancellationToken cancel)
    {
        List<ScopeWatch> watches = [];
        List<ScopeReport> reports = [];
        foreach (var order in orders)
        {
            if (blocks.BlockOf(order.Subject, order.Epoch) is { } block)
            {
                watches.Add(new(order.Id, block, order.Class, order.FromMs, order.UntilMs));
            }
            else
            {
                reports.Add(new(order.Id.ToString(), null, "no-key"));
            }
        }

        if (watches.Count > 0)
        {
            var since = await shards.WatchAsync(watches, cancel);
            reports.AddRange(since.Select(pair => new ScopeReport(pair.Key.ToString(), pair.Value, null)));
        }

        await desk.HearAsync(Collector, reports, cancel);
    }

    /// <summary>Names it in a debugger.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_generation} at {_since}");
}
