// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Tests.Blocking;

/// <summary>A backend in memory that can be away, lose what it holds, refuse, and not let go.</summary>
internal sealed class FakeMitigationBackend : IMitigationBackend
{
    public Dictionary<object, string> Ours { get; } = [];

    public List<string> Calls { get; } = [];

    public int Foreign { get; set; }

    public bool IsAway { get; set; }

    public HashSet<string> Refuses { get; } = [];

    public HashSet<string> Clings { get; } = [];

    /// <summary>Whether whoever acts by it has what it holds.</summary>
    public bool Reaches { get; set; } = true;

    public string Name => "fake";

    public string Address => "memory";

    public string Entries => "entries";

    public string Peer => "peer";

    public LeaseReasonCode Unreached => LeaseReasonCode.NoNeighbour;

    public IReadOnlyList<IPlannedBlock> Plan(IReadOnlyList<Lease> leases, DateTimeOffset now) =>
        [.. leases.Select(lease => new Entry(lease.Target.ToString(), lease.Target.Action.ToString(), [lease.Id]))];

    public Task<HeldBlocks> ReadAsync(CancellationToken cancel)
    {
        Call("read");
        return Task.FromResult(new HeldBlocks(
            [.. Ours.Select(one => new Entry((string)one.Key, one.Value, []))], Foreign));
    }

    public Task<IReadOnlyList<BlockRefusal>> WithdrawAsync(
        IReadOnlyList<IHeldBlock> orphans, CancellationToken cancel)
    {
        Call("withdraw");
        var clung = orphans.Where(orphan => Clings.Contains((string)orphan.Key)).ToList();
        foreach (var orphan in orphans.Except(clung))
        {
            Ours.Remove(orphan.Key);
        }

        return Task.FromResult<IReadOnlyList<BlockRefusal>>([.. clung.Select(one => new BlockRefusal(one.Key, "no"))]);
    }

    public Task<IReadOnlyList<BlockRefusal>> AnnounceAsync(
        IReadOnlyList<IPlannedBlock> missing, CancellationToken cancel)
    {
        Call("announce");
        var refused = missing.Where(block => Refuses.Contains((string)block.Key)).ToList();
        foreach (var block in missing.Except(refused).Cast<Entry>())
        {
            Ours[block.Name] = block.Content;
        }

        return Task.FromResult<IReadOnlyList<BlockRefusal>>(
            [.. refused.Select(one => new BlockRefusal(one.Key, "its table is full"))]);
    }

    public Task<BlockReach> ReachAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel)
    {
        Call("reach");
        return Task.FromResult(new BlockReach(
            plan.ToDictionary(block => block.Key, _ => Reaches ? 1 : 0), Needed: 1,
            [new("one", Reaches, Reaches, Reaches ? "" : "down")]));
    }

    private void Call(string what)
    {
        Calls.Add(what);
        if (IsAway)
        {
            throw new MitigationBackendException("memory is away");
        }
    }

    private sealed record Entry(string Name, string Content, ImmutableArray<LeaseId> Leases)
        : IPlannedBlock, IHeldBlock
    {
        object IPlannedBlock.Key => Name;

        object IHeldBlock.Key => Name;

        bool IPlannedBlock.IsHeldAs(IHeldBlock held) => held is Entry there && there.Content == Content;
    }
}
