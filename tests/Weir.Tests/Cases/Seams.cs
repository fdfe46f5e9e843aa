// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Orders;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Tests.Cases;

/// <summary>An audit in memory that can be broken.</summary>
internal sealed class BreakableAuditLog : IAuditLog
{
    private readonly Lock _lock = new();

    public List<AuditEntry> Entries { get; } = [];

    public Func<AuditEntry, bool> Breaks { get; set; } = _ => false;

    public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (Breaks(entry))
            {
                throw new AuditException("the audit's disk is full");
            }

            Entries.Add(entry);
            return Task.FromResult(new AuditReceipt(Entries.Count, DateTimeOffset.UnixEpoch, ""));
        }
    }

    public IEnumerable<AuditEntry> EntriesOf(string act) => Entries.Where(e => e.Act == act);
}

/// <summary>What collectors are told, as their shards would watch for it where names are clear.</summary>
internal sealed class ScopesInForce(Func<ScopeChangeLog> log)
{
    public Dictionary<ScopeId, ScopeWatch> Watched => log().InForce.ToDictionary(
        order => order.Id,
        order => new ScopeWatch(
            order.Id, new(order.Subject.Pseudonym), order.Class, order.FromMs, order.UntilMs));
}

/// <summary>Keys of collector, store and vault, and the ring that knows them.</summary>
internal sealed class TestKeys
{
    public TestKeys() => Ring = new PublicKeyRing(
        ScopeGrounds.Kinds,
        [
            (new("collector", "collector"), Collector.Public), (new("store", "store"), Store.Public),
            (new("vault", "vault"), Vault.Public),
        ]);

    public SigningKey Collector { get; } = SigningKey.Create();

    public SigningKey Store { get; } = SigningKey.Create();

    public SigningKey Vault { get; } = SigningKey.Create();

    public PublicKeyRing Ring { get; }

    public Envelope Sign(QualityEvent quality) => EventDocument.Sign(quality, Collector);
}

/// <summary>Evidence in memory: flows are offered with their subject, and kept where a scope watches.</summary>
internal sealed class InMemoryEvidence : IEvidence
{
    public List<EvidenceRow> Rows { get; } = [];

    /// <summary>What counting meets; null for nothing.</summary>
    public Exception? CountFails { get; set; }

    public Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<EvidenceRow>>([.. Inside(filter).OrderBy(r => r.StartMs).Take(limit)]);

    public Task<long> CountAsync(RowFilter filter, CancellationToken cancel) =>
        CountFails is { } failure
            ? Task.FromException<long>(failure)
            : Task.FromResult(Inside(filter).LongCount());

    public Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel)
    {
        Rows.RemoveAll(row => scopes.Contains(row.Scope));
        return Task.CompletedTask;
    }

    /// <summary>What the shards do: a flow goes to every scope that watches for it.</summary>
    public void Offer(ScopesInForce shards, in Flow flow)
    {
        foreach (var watch in shards.Watched.Values)
        {
            if (watch.Subject == flow.Subject && flow.StartMs >= watch.FromMs
                && flow.StartMs < watch.UntilMs && watch.Class.Matches(flow))
            {
                Rows.Add(new EvidenceRow
                {
                    Scope = watch.Scope,
                    StartMs = flow.StartMs,
                    EndMs = flow.EndMs,
                    Remote = new(flow.Remote, flow.RemotePort, flow.Protocol),
                    PacketsOut = flow.PacketsOut,
                    PacketsIn = flow.PacketsIn,
                    SamplingInterval = 1,
                });
            }
        }
    }

    private IEnumerable<EvidenceRow> Inside(RowFilter filter) => Rows.Where(row =>
        row.Scope == filter.Scope && row.StartMs >= filter.FromMs && row.StartMs < filter.UntilMs
        && filter.Predicate.Matches(new Flow
        {
            Remote = row.Remote.Address,
            RemotePort = row.Remote.Port,
            Protocol = row.Remote.Protocol,
            PacketsOut = row.PacketsOut,
            PacketsIn = row.PacketsIn,
            SubjectPort = filter.Predicate.SubjectPort,
        }));
}

/// <summary>A vault that can be down.</summary>
internal sealed class FakeVault : IVault
{
    public bool IsDown { get; set; }

    public Dictionary<CaseId, SubjectKey> Sealed { get; } = [];

    public List<DisclosureOrder> Orders { get; } = [];

    public List<CaseId> Destroyed { get; } = [];

    public Func<IpKey, ushort?, SubjectKey?> Attribute { get; set; } = (_, _) => null;

    /// <summary>The name in another epoch of who was sealed under one.</summary>
    public Func<SubjectKey, uint, SubjectKey> Rename { get; set; } =
        (known, epoch) => new SubjectKey(known.Pseudonym + epoch);

    public Task SealAsync(ScopeOrder order, CancellationToken cancel)
    {
        Up();
        Sealed[order.Case] = order.Subject;
        return Task.CompletedTask;
    }

    public Task DestroyAsync(CaseId id, CancellationToken cancel)
    {
        Up();
        Sealed.Remove(id);
        Destroyed.Add(id);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel)
    {
        Up();
        return Task.FromResult<IReadOnlyDictionary<CaseId, SubjectKey>>(
            cases.ToDictionary(id => id, id => Rename(Sealed[id], epoch)));
    }

    public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel)
    {
        Up();
        return Task.FromResult(Attribute(report.Address, report.Port));
    }

    public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel)
    {
        Up();
        Orders.Add(order);
        return Task.FromResult(new Disclosure(
            "line 7", DateTimeOffset.UnixEpoch.AddMilliseconds(CaseHandlerFixture.Start).AddMinutes(15)));
    }

    private void Up()
    {
        if (IsDown)
        {
            throw new VaultDownException("no socket");
        }
    }
}

/// <summary>Endpoints that were found to be no C&amp;C.</summary>
internal sealed class RecordingFalsePositiveSink : IFalsePositiveSink
{
    public List<Endpoint> Endpoints { get; } = [];

    public Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel)
    {
        Endpoints.AddRange(endpoints);
        return Task.CompletedTask;
    }

    /// <summary>What is held and no false alarm.</summary>
    public HashSet<Endpoint> Held { get; } = [];

    public bool IsAllowed(in Endpoint endpoint) => Endpoints.Contains(endpoint) || Held.Contains(endpoint);

    public bool IsFalseAlarm(in Endpoint endpoint) => Endpoints.Contains(endpoint);
}
