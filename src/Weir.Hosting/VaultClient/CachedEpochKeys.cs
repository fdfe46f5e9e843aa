// SPDX-License-Identifier: Apache-2.0
//
// The collector's side of the epoch keys (rules.md R7): fetched from the vault, held in memory alone, cleared there
// when the vault erases its own. A vault that is down takes nothing away: what is held stays for its time, and the next
// epoch's key is fetched a day ahead. What is not held makes flows unattributed until it is.
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;

namespace Weir.Hosting.VaultClient;

/// <summary>The keys of the epochs that flows may be of, in memory. One thread refreshes, any asks.</summary>
/// <param name="fetch">Gives an epoch's key and its cohort key.</param>
/// <param name="time">Decides which epochs are wanted.</param>
/// <param name="log">Where the vault's going and coming is told.</param>
public sealed class CachedEpochKeys(
    Func<uint, CancellationToken, Task<(byte[] Key, ulong Cohort)>> fetch, TimeProvider time,
    ILogger<CachedEpochKeys> log)
    : IEpochKeySource
{
    /// <summary>How long before its erasure a key names no further flows, so that what is in memory is written
    /// while it is there.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(2);

    /// <summary>How long before an epoch its key is fetched.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private readonly Lock _changing = new();
    private CachedKey[] _held = [];
    private string _fault = "the vault was not asked yet";

    /// <summary>Why a wanted key is missing; empty while none is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Epochs whose key is held.</summary>
    public IReadOnlyList<uint> Epochs => [.. Volatile.Read(ref _held).Select(held => held.Epoch)];

    public bool Has(uint epoch)
    {
        foreach (var held in Volatile.Read(ref _held))
        {
            if (held.Epoch == epoch)
            {
                return held.IsNaming;
            }
        }

        return false;
    }

    public byte[] GetKey(uint epoch)
    {
        lock (_changing)
        {
            var copy = GC.AllocateUninitializedArray<byte>(32, pinned: true);
            Find(epoch).Key.CopyTo(copy.AsSpan());
            return copy;
        }
    }

    public ulong CohortOf(uint epoch)
    {
        lock (_changing)
        {
            return Find(epoch).Cohort;
        }
    }

    /// <summary>Clears what is due and fetches what is missing. A vault that does not answer is told once.</summary>
    /// <returns>Whether all that is wanted is held.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancel)
    {
        Forget();
        try
        {
            foreach (var epoch in Wanted().Except(Epochs))
            {
                var (key, cohort) = await fetch(epoch, cancel);
                lock (_changing)
                {
                    Volatile.Write(ref _held, [.. _held, new CachedKey(epoch, key, cohort)]);
                }
            }
        }
        catch (Exception failure) when (failure is VaultDownException or VaultRefusedException or EpochKeyException)
        {
            if (Fault.Length == 0 || Fault != failure.Message)
            {
                log.Down(failure.Message);
            }

            Volatile.Write(ref _fault, failure.Message);
            return false;
        }

        if (Fault.Length > 0)
        {
            log.Answers(Epochs.Count);
            Volatile.Write(ref _fault, "");
        }

        return true;
    }

    /// <summary>From the epoch of flows seven days old to the one of tomorrow.</summary>
    private IEnumerable<uint> Wanted()
    {
        var now = time.GetUtcNow();
        for (var epoch = Weir.Contracts.Networks.Epochs.At(
            now.AddDays(-(double)Weir.Contracts.Networks.Epochs.DaysPerEpoch));
            epoch <= Weir.Contracts.Networks.Epochs.At(now + Ahead);
            epoch++)
        {
            if (now < Weir.Contracts.Networks.Epochs.ErasedAt(epoch) - Margin)
            {
                yield return epoch;
            }
        }
    }

    private void Forget()
    {
        lock (_changing)
        {
            var now = time.GetUtcNow();
            foreach (var held in _held)
            {
                held.IsNaming = now < Weir.Contracts.Networks.Epochs.ErasedAt(held.Epoch) - Margin;
            }

            var due = _held.Where(held => now >= Weir.Contracts.Networks.Epochs.ErasedAt(held.Epoch)).ToList();
            if (due.Count > 0)
            {
                Volatile.Write(ref _held, [.. _held.Except(due)]);
                due.ForEach(held => held.Clear());
            }
        }
    }

    private CachedKey Find(uint epoch) => Array.Find(_held, held => held.Epoch == epoch)
        ?? throw new EpochKeyException(
            $"the key of epoch {epoch} is not in memory: {(Fault.Length > 0 ? Fault : "it is no more, or not yet")}");

    private sealed class CachedKey(uint epoch, byte[] key, ulong cohort)
    {
        private volatile bool _isNaming = true;

        public uint Epoch => epoch;

        public byte[] Key => key;

        public ulong Cohort { get; private set; } = cohort;

        public bool IsNaming
        {
            get => _isNaming;
            set => _isNaming = value;
        }

        public void Clear()
        {
            CryptographicOperations.ZeroMemory(key);
            Cohort = 0;
        }
    }
}
