// SPDX-License-Identifier: Apache-2.0
//
// The scope that a single event gives, before anybody has decided anything: whoever has the event knows it, and its
// number too, so what is recorded at once under that number can be found by the grounds alone.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>Scopes of single events. Pure.</summary>
public static class ProvisionalScope
{
    /// <summary>The number of an event's own scope: the same for all its phases.</summary>
    public static ScopeId IdOf(QualityEvent quality) =>
        new(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"weir provisional scope\n{quality.Number:x16}\n{quality.Rule}\n{quality.Subject}\n{quality.FromMs}")))));

    /// <summary>The scope that follows from an event and nothing else; null for one that opens none.</summary>
    /// <param name="quality">The event.</param>
    /// <param name="signed">Its envelope.</param>
    /// <param name="limits">How far it reaches around the event.</param>
    public static ScopeOrder? From(QualityEvent quality, Envelope signed, ScopeLimits limits)
    {
        if (quality.Class is not { } named)
        {
            return null;
        }

        var expires = quality.FromMs + limits.CapMs;
        return new ScopeOrder
        {
            Id = IdOf(quality),
            Case = default,
            Subject = quality.Subject,
            Epoch = Epochs.At(quality.FromMs),
            Class = named.Predicate,
            Purpose = DetectionRules.Get(quality.Rule).Purpose,
            FromMs = quality.FromMs - limits.BeforeMs,
            UntilMs = Math.Min(quality.UntilMs + limits.AfterMs, expires),
            ExpiresMs = expires,
            Grounds = [signed],
        };
    }
}
