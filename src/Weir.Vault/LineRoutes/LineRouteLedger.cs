// SPDX-License-Identifier: Apache-2.0
//
// What the vault's router should hold. The line of each case is looked up anew at every round, since addresses change
// hands; a route whose line cannot be told from others waits. Every order stands on the vault's chain already.
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;
using Weir.Vault.Gardening;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.LineRoutes;

/// <summary>What the ledger works with.</summary>
internal sealed record LineRouteDependencies(
    LineRouteOptions Options, LineRouteStore Routes, CaseSealStore Seals, SubscriberLineNetworks Lines);

/// <summary>The routes of lines, and how they stand. Safe for any thread.</summary>
internal sealed class LineRouteLedger(LineRouteDependencies parts, TimeProvider time) : IMitigationLedger
{
    private Dictionary<LeaseId, LeaseStanding> _waiting = [];
    private IReadOnlyDictionary<LeaseId, LeaseStanding> _seen = new Dictionary<LeaseId, LeaseStanding>();

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public DateTimeOffset? NextEnd => parts.Routes.All.Min(route => (DateTimeOffset?)route.EndsAt);

    /// <summary>How a route stood at the last round.</summary>
    public LeaseStanding Find(LeaseId lease) =>
        Volatile.Read(ref _waiting).TryGetValue(lease, out var waiting) ? waiting
        : Volatile.Read(ref _seen).TryGetValue(lease, out var seen) ? seen
        : new(LeaseState.Approved, LeaseReasonCode.NotAsked);

    /// <summary>A round soon.</summary>
    public void Trigger() => Changed?.Invoke();

    /// <inheritdoc/>
    public Task<IReadOnlyList<Lease>> TakeActiveAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        List<Lease> leases = [];
        Dictionary<LeaseId, LeaseStanding> waiting = [];
        foreach (var route in parts.Routes.All)
        {
            if (route.EndsAt <= now || parts.Seals.Open(route.Case) is not { } subject)
            {
                _ = parts.Routes.Remove(route.Lease);
                continue;
            }

            var held = parts.Lines.Find(subject, now.ToUnixTimeMilliseconds());
            Prefix? line = held.Own.Where(Fits).Where(own => route.Target.Remote is not { } far || far.IsV4 == own.IsV4)
                .Select(own => (Prefix?)own).FirstOrDefault();
            if (line is { } network)
            {
                leases.Add(LeaseOf(route, network, now));
            }
            else
            {
                waiting[route.Lease] = new(LeaseState.Approved, held is { SharesV4: true } or { SharesV6: true }
                    ? LeaseReasonCode.SharedAddress
                    : LeaseReasonCode.NoAddress);
            }
        }

        Volatile.Write(ref _waiting, waiting);
        return Task.FromResult<IReadOnlyList<Lease>>(leases);
    }

    /// <inheritdoc/>
    public Task BeginAsync(IReadOnlyCollection<LeaseId> ids, string where, CancellationToken cancel) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public Task SeenAsync(IReadOnlyDictionary<LeaseId, LeaseStanding> seen, CancellationToken cancel)
    {
        Volatile.Write(ref _seen, seen);
        return Task.CompletedTask;
    }

    private bool Fits(Prefix line) => line.WrittenLength >= (line.IsV4 ? 32 : parts.Options.ShortestLineV6);

    private static Lease LeaseOf(LineRoute route, Prefix line, DateTimeOffset now) => new()
    {
        Id = route.Lease,
        Target = route.Target.ForLine(line),
        Justification = new("", "", "", null),
        Case = route.Case,
        State = LeaseState.Approved,
        PlannedBy = "weir",
        PlannedAt = now,
        EndsAt = route.EndsAt,
        StateAt = now,
        EvidenceAt = now,
    };
}
