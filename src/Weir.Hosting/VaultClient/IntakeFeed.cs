// SPDX-License-Identifier: Apache-2.0
//
// Keeps the lanes' intake table as the vault has it: asks for what changed, builds a table aside and swaps it. A table
// is believed for a few minutes after it was last confirmed; then its flows are nobody's, since a lease that is open
// here may have gone to somebody else while the vault was silent.
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;

namespace Weir.Hosting.VaultClient;

/// <summary>Refreshes an <see cref="CurrentIntakeTable"/>. For one thread.</summary>
public sealed class IntakeFeed(CollectorVaultClient vault, CurrentIntakeTable holder, TimeProvider time)
{
    /// <summary>How long a table is believed without the vault's word.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a row is kept: flows come late.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly Dictionary<UInt128, AddressAssignment> _rows = [];
    private ulong _instance;
    private long _version;
    private string _fault = "the vault was not asked yet";

    /// <summary>Why the latest question failed; empty where it did not.</summary>
    public string Fault => Volatile.Read(ref _fault);

    public int Rows => _rows.Count;

    /// <summary>Asks once.</summary>
    /// <returns>Whether the vault answered.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancel)
    {
        var asked = time.GetUtcNow();
        try
        {
            var changed = await ReadAsync(cancel);
            holder.Swap(changed ? Build(asked) : holder.Table, (asked + Believed).ToUnixTimeMilliseconds());
            Volatile.Write(ref _fault, "");
            return true;
        }
        catch (Exception failure) when (failure is VaultDownException or VaultRefusedException)
        {
            // What came half is asked for again: the version has not moved.
            Volatile.Write(ref _fault, failure.Message);
            return false;
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancel)
    {
        var changed = false;
        var head = await vault.IntakeAsync(
            _instance, _version,
            begin =>
            {
                if (begin.IsWhole)
                {
                    changed = true;
                    _rows.Clear();
                    (_instance, _version) = (0, 0);
                }
            },
            row =>
            {
                changed = true;
                if (row.Lease.IsValid)
                {
                    _rows[row.Id] = row.Lease;
                }
                else
                {
                    _ = _rows.Remove(row.Id);
                }
            },
            cancel);
        (_instance, _version) = (head.Instance, head.Version);
        return changed;
    }

    private IntakeTable Build(DateTimeOffset now)
    {
        var oldest = (now - Kept).ToUnixTimeMilliseconds();
        foreach (var (id, lease) in _rows)
        {
            if (lease.UntilMs < oldest)
            {
                _rows.Remove(id);
            }
        }

        return IntakeTable.From(_rows.Values);
    }
}
