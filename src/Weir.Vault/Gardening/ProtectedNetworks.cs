// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Gardening;

/// <summary>Lines that lie in networks of which the configuration says that somebody's life may hang on them, beside
/// those that the contacts name.</summary>
internal sealed class ProtectedNetworks(
    IProtectedSubjects contacts, IReadOnlyList<Prefix> networks, SubscriberLineNetworks lines, TimeProvider time)
    : IProtectedSubjects
{
    public bool IsProtected(SealedSubject subject) => contacts.IsProtected(subject)
        || (networks.Count > 0 && lines.Find(subject, time.GetUtcNow().ToUnixTimeMilliseconds()).Own.Any(
            own => networks.Any(network => network.Contains(own.Network) || own.Contains(network.Network))));
}
