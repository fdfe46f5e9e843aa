// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;

namespace Weir.Tests.Vault.Support;

/// <summary>An audit log in memory.</summary>
internal sealed class InMemoryAuditLog : IAuditLog
{
    public List<AuditEntry> Entries { get; } = [];

    /// <summary>As a full disk would.</summary>
    public bool Fails { get; set; }

    public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        if (Fails)
        {
            throw new AuditException("audit: the disk is full");
        }

        lock (Entries)
        {
            Entries.Add(entry);
            return Task.FromResult(new AuditReceipt(Entries.Count, DateTimeOffset.UnixEpoch, ""));
        }
    }
}
