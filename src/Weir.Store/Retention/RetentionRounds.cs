// SPDX-License-Identifier: Apache-2.0
//
// What is kept no longer than it may be (rules.md R10): partitions of days, and evidence at its ceiling. Evidence goes
// with its case long before; here goes what a case that never closed would keep. The record first, then the act.
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Segments;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Hosting.Sections;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Population;
using Weir.Wire.Native;

namespace Weir.Store.Retention;

/// <summary>Keeps house at the start and each period, and says what is held.</summary>
internal sealed class RetentionRounds(
    StoreOptions settings, RetentionOptions options, PopulationOptions population, EngineHost engine,
    IPendingRows pending,
    IAuditLog audit, ErasureClock erasing, ReleaseChain chain, HealthRegistry health, TimeProvider time,
    ILogger<RetentionRounds> log)
    : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string _fault = "";
    private long _rounds;

    /// <summary>Rounds that are over, with or without a fault.</summary>
    internal long Rounds => Interlocked.Read(ref _rounds);

    /// <summary>What is held now.</summary>
    public async Task<StoreHoldings?> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        try
        {
            List<HeldPartition> held =
            [
                .. (await engine.Store.HoldingsAsync(cancel)).Select(day => new HeldPartition(
                    day.Table, day.Day, day.Day.AddDays(1), (long)day.Rows, (long)day.OctetsOnDisk, 0)),
                .. (await Evidence().HoldingsAsync(cancel)).Select(week => new HeldPartition(
                    "evidence", week.From, week.Until, (long)week.Rows, (long)week.OctetsOnDisk, (long)week.Scopes)),
            ];
            var answers = Directory.Exists(population.Folder)
                ? Directory.GetFiles(population.Folder, "*.json").Length
                : 0;
            return new(held, answers, settings.RetentionDays, options.EvidenceDays, CoverageDays);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
    }

    /// <summary>Drops what is due; one round at a time, so that each drop is on record once.</summary>
    internal async Task CleanAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await DropDueAsync(DateOnly.FromDateTime(erasing.Now.UtcDateTime), cancel);
        }
        finally
        {
            _ = Interlocked.Increment(ref _rounds);
            _ = _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private async Task DropDueAsync(DateOnly today, CancellationToken cancel)
    {
        await DropDaysAsync(
            "pairs and sightings", ["pairs", "sightings"], today.AddDays(-settings.RetentionDays), cancel);
        await DropDaysAsync(CoverageBlocks.Table, [CoverageBlocks.Table], today.AddDays(-CoverageDays), cancel);
        var day = today.AddDays(-options.EvidenceDays);
        var due = (await Evidence().HoldingsAsync(cancel)).Where(week => week.Until <= day).ToList();
        if (due.Count > 0)
        {
            _ = await RecordAsync("evidence", day, due.Sum(week => (long)week.Rows), cancel);
            _ = await Evidence().DropBeforeAsync(day, [], cancel);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        health.Add("retention", () => Volatile.Read(ref _fault) is { Length: > 0 } fault
            ? ComponentHealth.Degraded(fault)
            : ComponentHealth.Ok);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CleanAsync(stoppingToken);
                Volatile.Write(ref _fault, "");
            }
            catch (Exception fault) when (fault is StoreException or AuditException)
            {
                log.RetentionFailed(fault.Message);
                Volatile.Write(ref _fault, fault.Message);
            }

            await Task.Delay(options.Period, time, stoppingToken);
        }
    }

    private int CoverageDays => Math.Max(settings.RetentionDays, RetentionOptions.CoverageDays);

    private async Task DropDaysAsync(string what, string[] tables, DateOnly day, CancellationToken cancel)
    {
        var due = (await engine.Store.HoldingsAsync(cancel))
            .Where(held => held.Day < day && tables.Contains(held.Table)).ToList();
        if (due.Count > 0)
        {
            _ = await RecordAsync(what, day, due.Sum(held => (long)held.Rows), cancel);
            _ = await engine.Store.DropBeforeAsync(day, cancel, tables);
        }
    }

    private Task<AuditReceipt> RecordAsync(
        string what, DateOnly day, long rows, CancellationToken cancel) => audit.AppendAsync(
        new AuditEntry
        {
            Actor = Actor.Weir.Name,
            Role = Actor.Weir.RoleWord,
            Act = AuditActions.Drop,
            Outcome = AuditActions.Allow,
            Rows = rows,
            Reason = string.Create(CultureInfo.InvariantCulture, $"{what} before {day:yyyy-MM-dd}"),
        },
        cancel);

    private EvidenceStore Evidence() => new(engine.Store, pending, time);
}

/// <summary>Event id 7120.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(EventId = 7120, Level = LogLevel.Warning,
        Message = "retention failed and is tried again at its next time: {Reason}")]
    public static partial void RetentionFailed(this ILogger log, string reason);
}
