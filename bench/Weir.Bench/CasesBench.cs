// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Desk.Cases;
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
            using var pipeline = new Pipeline(Parts(folder));
            pipeline.Start();
            var signer = new EventSigner();
            using var desk = await CaseHandler.OpenAsync(
                new CaseHandlerDependencies
                {
                    Records = new CaseRecords(records),
                    Audit = audit,
                    Signer = signer,
                    Scopes = new ScopeShards(pipeline),
                    Evidence = new StubSeams(),
                    Vault = new StubSeams(),
                    Blocks = new StubSeams(),
                    Allow = new StubSeams(),
                    Policy = PolicyProfile.UsProvider,
                    Time = new FixedClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon)),
                    Log = NullLogger<CaseHandler>.Instance,
                },
                default);
            var events = Enumerable.Range(1, Worm).Select(i => signer.Sign(Event(i))).ToArray();

            var watch = Stopwatch.StartNew();
            var handling = desk.RunAsync(default);
            Array.ForEach(events, desk.Handle);
            desk.Complete();
            await handling;
            var seconds = watch.Elapsed.TotalSeconds;
            var inForce = pipeline.Shards.Sum(shard => shard.Evidence!.Scopes);
            if (desk.Taken != Worm || inForce != Worm || desk.Fault.Length + desk.ForceFault.Length > 0)
            {
                throw new InvalidOperationException($"of {Worm} events {desk.Taken} were taken and {inForce} scopes "
                    + $"are in force: {desk.Fault} {desk.ForceFault}");
            }

            scores.AtMost(
                "cases", $"{Worm:N0} events to as many scopes, audited, recorded and in force", seconds, "s", 10);
            pipeline.Finish();
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

    private static PipelineDependencies Parts(string folder) => new()
    {
        Decoding = new DecodingOptions(),
        Networks = new NetworkTable([]),
        Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
        Digesting = new DigestOptions { PairsInMemory = 10_000 },
        Names = EpochPseudonymizer.InClear,
        Digests = new StubSeams(),
        Sightings = new StubSeams(),
        Evidence = new EvidenceDependencies
        {
            Sink = new StubSeams(),
            Ring = new RingOptions { Directory = folder, Octets = 64 << 20 }
        },
        Shards = 2,
    };

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>What a worm's first minute does not ask for, and a vault that answers at once.</summary>
    private sealed class StubSeams
        : IEvidence, IVault, ISubjectBlocks, IFalsePositiveSink, IDigestSink, ISightingSink, IEvidenceSink
    {
        public IpKey? BlockOf(SubjectKey subject, uint epoch) => new IpKey(subject.Pseudonym);

        public Task SealAsync(CaseId id, SubjectKey subject, uint epoch, CancellationToken cancel) =>
            Task.CompletedTask;

        public Task DestroyAsync(CaseId id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
            IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<SubjectKey?> AttributeAsync(
            IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel) =>
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

        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }

        public void Write(IReadOnlyList<Sighting> sightings)
        {
        }

        public void Write(ReadOnlySpan<EvidenceRow> rows)
        {
        }
    }
}
