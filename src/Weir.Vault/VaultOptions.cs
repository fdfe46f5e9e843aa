// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;

namespace Weir.Vault;

/// <summary>What a user of the operating system may ask of the vault.</summary>
[Flags]
public enum VaultRights : byte
{
    None = 0,

    /// <summary>Epoch keys and the intake table, held in memory: the collector.</summary>
    Collect = 1,

    /// <summary>Seals, re-issues, attributions, disclosures by two people: the desk.</summary>
    Desk = 2,

    /// <summary>The subject's own view: the privacy officer.</summary>
    Subject = 4,
    All = 7,
}

/// <summary>Settings of the vault's process; the <c>vault</c> section.</summary>
public sealed record VaultOptions
{
    /// <summary>Path of the Unix socket, at most 107 octets.</summary>
    public required string Socket { get; init; }

    /// <summary>Folder of keys, seals and the vault's own record, mode 0700.</summary>
    public required string Folder { get; init; }

    /// <summary>The provider's networks, as the collector has them.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>Group that may open the socket; null leaves the process's own.</summary>
    public string? Group { get; init; }

    /// <summary>Users and their rights; the vault's own user has all of them.</summary>
    public IReadOnlyDictionary<string, VaultRights> Users { get; init; } = new Dictionary<string, VaultRights>();

    /// <summary>Whether it may run as root.</summary>
    public bool AllowRoot { get; init; }
}
