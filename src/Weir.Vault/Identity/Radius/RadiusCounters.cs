// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Radius;

/// <summary>What became of RADIUS packets: received = the sum of <see cref="Ended"/>. Written by one
/// thread, read by any.</summary>
public sealed class RadiusCounters
{
    public long Received { get; internal set; }

    public long Applied { get; internal set; }

    /// <summary>Answered, and told nothing new: older than what the session had, or the same event again.</summary>
    public long Stale { get; internal set; }

    /// <summary>The very packet again, within the window: answered, not applied.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Not to be read; thrown away unanswered.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Authenticator wrong: another secret, or forged. Thrown away unanswered.</summary>
    public long Forged { get; internal set; }

    /// <summary>From an address that has no secret. Thrown away unanswered.</summary>
    public long UnknownNas { get; internal set; }

    /// <summary>Not an accounting request.</summary>
    public long Unsupported { get; internal set; }

    /// <summary>Tells of a time before the retention; answered, not applied.</summary>
    public long TooOld { get; internal set; }

    /// <summary>No place left in the tables; not answered, so that the NAS keeps it.</summary>
    public long Refused { get; internal set; }

    public long Ended =>
        Applied + Stale + Duplicates + Malformed + Forged + UnknownNas + Unsupported + TooOld + Refused;

    /// <summary>Among those applied: sessions that named no address.</summary>
    public long WithoutAddress { get; internal set; }

    /// <summary>Times more than a day off the arrival, which stood in for them.</summary>
    public long ClockRefused { get; internal set; }

    /// <summary>Attributes passed over because their value was not of their form.</summary>
    public long FieldsSkipped { get; internal set; }

    /// <summary>Responses that could not be sent; the NAS asks again.</summary>
    public long ResponsesLost { get; internal set; }
}
