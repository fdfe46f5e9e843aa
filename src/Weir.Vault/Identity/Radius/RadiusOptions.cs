// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Radius;

/// <summary>How accounting is taken.</summary>
internal sealed record RadiusOptions
{
    public SubscriberLineAttribute LineFrom { get; init; } = SubscriberLineAttribute.UserName;

    /// <summary>How often NASes send interims; a session silent for twice as long is given up. Zero learns it from each
    /// session and presumes the silent ones for the whole retention.</summary>
    public TimeSpan InterimInterval { get; init; }

    public int MaxSessions { get; init; } = 8_000_000;

    /// <summary>Seals what a NAS needs to find a session again; null where no garden needs it, and then
    /// it is not kept.</summary>
    public SessionSeal? Identifications { get; init; }

    /// <summary>How long a request is remembered, so that the same again is answered and not applied.</summary>
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromMinutes(10);
}
