// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>A worm: from ten thousand signed events in the inbox to ten thousand scopes that are audited,
/// recorded and in force.</summary>
public static class CasesBench
{
    private const int Worm = 10_000;
    private const long Noon = 1_700_049_600_000;

    public static void Run(Scores scores) => RunAsync(scores).GetAwaiter().GetResult();

    private static async Task RunAsync(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var folder = Directory.CreateTempSubdirectory("weir-bench-cases-").FullName;
        try
        {
            await using var audit = FileAuditLog.Open(
                new AuditOptions { Directory = Path.Combine(folder, "audit") }, TimeProvider.System,
                NullLogger<FileAuditLog>.Instance);
            using var records = RecordsFile.Open(Path.Combine(folder, "records.sqlite"));
            using var key = SigningKey.Create();
            var clock = new FixedClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon));
            using var desk = await CaseHandler.OpenAsync(
                new CaseHandlerDependencies
                {
                    Records = new CaseRecords(records),
                    Audit = audit,
                    Ring = new PublicKeyRing(ScopeGrounds.Kinds, [(new("collector", "collector"), key.Public)]),
                    Grants = new LabGrantSource(key),
                    Orders = new ScopeChangeLog(clock),
                    Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(records), default),
                    Evidence = new StubSeams(),
                    Vault = new StubSeams(),
                    Judge = new StubSeams(),
                    Allow = new StubSeams(),
                    Policy = PolicyProfile.UsProvider,
                    Time = clock,
                    Log = NullLogger<CaseHandler>.Instance,
                },
                default);
            var events = Enumerable.Range(1, Worm).Select(i => EventDocument.Sign(Event(i), key)).ToArray();

            var watch = Stopwatch.StartNew();
            var handling = desk.RunAsync(default);
            foreach (var batch in events.Chunk(EventBatch.Max))
            {
                await desk.ReceiveAsync(batch, default);
            }

            desk.Complete();
            await handling;
            var seconds = watch.Elapsed.TotalSeconds;
            var inForce = desk.Orders.Count;
            if (desk.Taken != Worm || inForce != Worm || desk.Fault.Length > 0)
            {
                throw new InvalidOperationException($"of {Worm} events {desk.Taken} were taken and {inForce} scopes "
                    + $"are in force: {desk.Fault}");
            }

            scores.AtMost(
                "cases", $"{Worm:N0} events to as many scopes, audited, recorded and in force", seconds, "s", 10);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static QualityEvent Event(int number) => new()
    {
        Number = (ulong)number,
        Phase = EventPhase.Opened,
        Subject = new(IpKey.FromV4(0x0A00_0000 + (uint)number).Bits),
        Rule = RuleId.Scan,
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, Protocols.Tcp, [445], []),
        FromMs = Noon,
        UntilMs = Noon + 60_000,
        TriggeredMs = Noon + 30_000,
        Measured = 900,
        Threshold = 100,
        Unit = "remotes/min",
        WindowSeconds = 60,
        SamplingInterval = 1,
        Exporter = IpKey.FromV4(0xC000_0201),
    };

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>What a worm's first minute does not ask for, and a vault that answers at once.</summary>
    private sealed class StubSeams
        : IEvidence, IVault, IFalsePositiveSink, IRemediationJudge
    {
    public Task<RemediationVerdict> JudgeAsync(RemediationSilence silence, CancellationToken cancel) =>
        throw new NotSupportedException();

        public Task SealAsync(ScopeOrder order, CancellationToken cancel) =>
            Task.CompletedTask;

        public Task DestroyAsync(CaseId id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
            IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<long> CountAsync(RowFilter filter, CancellationToken cancel) => throw new NotSupportedException();

        public Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
