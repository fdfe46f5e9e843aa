// SPDX-License-Identifier: Apache-2.0
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

namespace Weir.Bench;

/// <summary>Cases over a real record and real tables, with a vault that answers at once.</summary>
internal sealed class BenchDesk : IAsyncDisposable
{
    private readonly FileAuditLog _audit;
    private readonly RecordsFile _records;
    private readonly SigningKey _key;

    private BenchDesk(FileAuditLog audit, RecordsFile records, SigningKey key, CaseHandler desk) =>
        (_audit, _records, _key, Desk) = (audit, records, key, desk);

    public CaseHandler Desk { get; }

    /// <param name="folder">Of <c>records.sqlite</c> and the record.</param>
    /// <param name="clock">Dates what happens.</param>
    public static async Task<BenchDesk> OpenAsync(string folder, TimeProvider clock)
    {
        var audit = FileAuditLog.Open(
            new AuditOptions { Directory = Path.Combine(folder, "audit") }, TimeProvider.System,
            NullLogger<FileAuditLog>.Instance);
        var records = RecordsFile.Open(Path.Combine(folder, "records.sqlite"));
        var key = SigningKey.Create();
        var seams = new StubSeams();
        var desk = await CaseHandler.OpenAsync(
            new CaseHandlerDependencies
            {
                Records = new CaseRecords(records),
                Audit = audit,
                Ring = new PublicKeyRing(ScopeGrounds.Kinds, [(new("collector", "collector"), key.Public)]),
                Grants = new LabGrantSource(key),
                Orders = new ScopeChangeLog(clock),
                Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(records), default),
                Evidence = seams,
                Vault = seams,
                Judge = seams,
                Allow = seams,
                Policy = PolicyProfile.UsProvider,
                Time = clock,
                Log = NullLogger<CaseHandler>.Instance,
            },
            default);
        return new(audit, records, key, desk);
    }

    public Envelope Sign(QualityEvent one) => EventDocument.Sign(one, _key);

    /// <summary>Takes them all, to their end.</summary>
    public async Task HandleAsync(IEnumerable<Envelope> events)
    {
        var handling = Desk.RunAsync(default);
        foreach (var batch in events.Chunk(EventBatch.Max))
        {
            _ = await Desk.ReceiveAsync(batch, default);
        }

        Desk.Complete();
        await handling;
    }

    public async ValueTask DisposeAsync()
    {
        Desk.Dispose();
        _key.Dispose();
        _records.Dispose();
        await _audit.DisposeAsync();
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

        public bool IsAllowed(in Endpoint endpoint) => false;

        public bool IsFalseAlarm(in Endpoint endpoint) => false;
    }
}
