// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Signing;
using Weir.Hosting.Configuration;

namespace Weir.Vault.Grounds;

/// <summary>What the holder of an event key is.</summary>
public enum EventKeyRole
{
    Collector,
    Store,
}

/// <summary>One who signs events.</summary>
public sealed record EventKeyOptions : ISection
{
    [Setting("Name of its holder.", Required = true, Example = "collector")]
    public string Name { get; init; } = "";

    [Setting("What its holder is.")]
    public EventKeyRole Role { get; init; }

    [Setting("The key, as its holder logs it at the start.",
        Example = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public string? Key { get; init; }

    [Setting("File that the key stands in, instead; read when it is there.",
        Example = "/var/lib/weir/cases/event-keys/collector.pub")]
    public string? File { get; init; }

    /// <summary>Holder and key.</summary>
    internal EventKeyHolder ToHolder() => new(
        new(Role == EventKeyRole.Store ? "store" : "collector", Name),
        Key is { } text && PublicKey.TryParse(text, out var read) ? read : null,
        File is { } file ? Path.GetFullPath(file) : null);

    public void Validate(SectionFaults faults)
    {
        if (Key is null == (File is null))
        {
            faults.Add("", "names a key or the file that it stands in, one of the two");
        }
        else if (Key is not null && !PublicKey.TryParse(Key, out _))
        {
            faults.Add("key", "is no public key; write ed25519: and what its holder logs at the start");
        }
    }
}
