// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>Scopes of single events. Pure.</summary>
public static class ProvisionalScope
{
    /// <summary>The scope that follows from an event and nothing else; null for one that opens none.</summary>
    /// <param name="quality">The event.</param>
    /// <param name="signed">Its envelope.</param>
    /// <param name="limits">How far it reaches around the event.</param>
    public static ScopeOrder? From(QualityEvent quality, Envelope signed, ScopeLimits limits) =>
        quality.Class is null ? null
            : new EventScopes(limits).Next([], quality, signed) is EventStep.Opens { Opened: var opened }
            ? opened.ToOrder(quality) : null;
}
