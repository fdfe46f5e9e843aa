// SPDX-License-Identifier: Apache-2.0
//
// Keys leave for the memory of a collector (names of an epoch) and of the store (the draw of its cohort): the entry is
// durable before, and the copy is cleared behind.
using System.Security.Cryptography;
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

    private Task<Stream> AnswerAsync(
        PeerCall call, string what, Func<uint, byte[]> find, CancellationToken cancel) => refusals.AnswerAsync(
        call, async () =>
        {
            var epoch = call.Number("epoch") is { } number and <= uint.MaxValue
                ? (uint)number
                : throw new FormatException("epoch is missing, or no number of an epoch");
            var key = find(epoch);
            try
            {
                _ = await audit.AppendAsync(
                    new Asker(call.Peer.Name).Entry(AuditActions.GiveKey, $"{what} of epoch {epoch}"), cancel);
                return (Stream)new ClearedStream(key);
            }
            catch
            {
                CryptographicOperations.ZeroMemory(key);
                throw;
            }
        });

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
