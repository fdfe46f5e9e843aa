// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Files;

namespace Weir.Vault.Keys;

/// <summary>The keys that stand for as long as the vault does. They are made before its record begins, so that a record
/// without one of them tells that the key was lost.</summary>
internal sealed class StandingKeys : IHostedService
{
    private const int NamesOctets = 32;

    /// <param name="folder">Of the keys; mode 0700, made where it is not there.</param>
    /// <param name="record">Folder of the vault's chain.</param>
    /// <param name="sessions">File of who had which address; null for none.</param>
    /// <exception cref="InvalidDataException">One is lost, is no key, or others may read it.</exception>
    public StandingKeys(string folder, string record, string? sessions)
    {
        var isBegun = new AuditFolder(record).HasLog;
        Grant = GrantKey.In(folder, Use(
            "what the vault signed is believed no more, and the other processes must be told the new key "
                + "(`weir keys vault`)"));
        Lines = SubscriberLineIdDeriver.In(folder, Use(
            "every line gets another number, and what was noted of a line is not found by it"));
        Names = KeyFile.Kept(
            Path.Combine(folder, "names.key"), NamesOctets, Use("names of users are hidden in another way")
                ?? (sessions is null ? null : KeyUse.OfFile(sessions, "nobody finds in it who had an address", true)));

        KeyUse? Use(string lost) => isBegun ? new(record, lost, InBackup: true) : null;
    }

    /// <summary>Signs the vault's own word.</summary>
    public GrantKey Grant { get; }

    /// <summary>Numbers lines.</summary>
    public SubscriberLineIdDeriver Lines { get; }

    /// <summary>Hides names of users: 32 octets.</summary>
    public byte[] Names { get; }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
