// SPDX-License-Identifier: Apache-2.0
//
// A scope opens only for a signed event of a versioned rule (rules.md R2). The detector signs; the case desk verifies;
// nobody else holds the key, so nobody else can make an event.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Contracts.Events;

/// <summary>An event with its signature. Only <see cref="EventSigner"/> makes one that verifies.</summary>
/// <param name="Event">The event.</param>
/// <param name="Signature">HMAC-SHA-256 over <see cref="EventSigner.Canonical"/>.</param>
public sealed record SignedEvent(QualityEvent Event, byte[] Signature);

/// <summary>Signs and verifies events under a key that lives in this process alone (RFC 2104).</summary>
public sealed class EventSigner
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public SignedEvent Sign(QualityEvent quality) => new(quality, HMACSHA256.HashData(_key, Canonical(quality)));

    public bool Verify(SignedEvent signed) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, Canonical(signed.Event)), signed.Signature);

    /// <summary>Every field of an event in one order, one line each.</summary>
    internal static byte[] Canonical(QualityEvent e) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{e.Number}\n{e.Phase}\n{e.Subject}\n{e.Rule}\n{e.RuleVersion}\n{e.Class}\n{e.ServicePort}\n{e.FromMs}\n{e.UntilMs}\n{e.TriggeredMs}\n{e.Measured:R}\n{e.Threshold:R}\n{e.Unit}\n{e.WindowSeconds}\n{e.SamplingInterval}\n{e.Exporter}\n{e.Detail}"));
}

/// <summary>Takes events from the shards, in the order of each subject's; waits where the taker cannot follow, so that
/// none is lost.</summary>
public interface IEventSink
{
    void Handle(SignedEvent signed);
}
