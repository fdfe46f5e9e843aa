// SPDX-License-Identifier: Apache-2.0
//
// Keys leave for the memory of a collector (names of an epoch) and of the store (the draw of its cohort, the noise of
// what it publishes of a window): the entry is durable before, and the copy is cleared behind.
using System.Security.Cryptography;
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;

namespace Weir.Vault.Keys;

/// <summary>Gives keys. Safe for any thread.</summary>
internal sealed class KeyGate(EpochKeys keys, IAuditLog audit, VaultRefusals refusals)
{
    public Task<Stream> NamesAsync(PeerCall call, CancellationToken cancel) =>
        AnswerAsync(call, "names", keys.GetKey, cancel);

    public Task<Stream> CohortAsync(PeerCall call, CancellationToken cancel) =>
        AnswerAsync(call, "cohort", epoch => BitConverter.GetBytes(keys.CohortOf(epoch)), cancel);

    /// <summary>The key of one window's noise; days since the UNIX epoch.</summary>
    public Task<Stream> NoiseAsync(PeerCall call, CancellationToken cancel) => refusals.AnswerAsync(
        call, () =>
        {
            var (from, until) = (NumberOf(call, "from", Epochs.LatestDay), NumberOf(call, "until", Epochs.LatestDay));
            return from < until && Epochs.OfDay(from) == Epochs.OfDay(until - 1)
                ? GiveAsync(call, $"noise of days {from} to {until}", keys.NoiseOf(from, until), cancel)
                : throw new FormatException("from and until are no window of days in one epoch");
        });

    private Task<Stream> AnswerAsync(
        PeerCall call, string what, Func<uint, byte[]> find, CancellationToken cancel) => refusals.AnswerAsync(
        call, () =>
        {
            var epoch = NumberOf(call, "epoch", Epochs.Latest);
            return GiveAsync(call, $"{what} of epoch {epoch}", find(epoch), cancel);
        });

    private static uint NumberOf(PeerCall call, string name, uint most) =>
        call.Number(name) is { } number && number <= most
        ? (uint)number
        : throw new FormatException($"{name} is missing, or no number of that kind");

    private async Task<Stream> GiveAsync(PeerCall call, string what, byte[] key, CancellationToken cancel)
    {
        try
        {
            _ = await audit.AppendAsync(new Asker(call.Peer.Name).Entry(AuditActions.GiveKey, what), cancel);
            return new ClearedStream(key);
        }
        catch
        {
            CryptographicOperations.ZeroMemory(key);
            throw;
        }
    }

    /// <summary>Octets that are cleared when they were sent.</summary>
    private sealed class ClearedStream : MemoryStream
    {
        private readonly byte[] _octets;

        public ClearedStream(byte[] octets)
            : base(octets, writable: false) => _octets = octets;

        protected override void Dispose(bool disposing)
        {
            CryptographicOperations.ZeroMemory(_octets);
            base.Dispose(disposing);
        }
    }
}
