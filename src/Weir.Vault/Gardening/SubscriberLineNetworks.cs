// SPDX-License-Identifier: Apache-2.0
//
// Where the line of a case is now, for routes that match on it. A route on an address that lines share would hit
// others, so what is shared is never given; nor is what no record of now says is the line's.
using Weir.Contracts.Networks;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Gardening;

/// <summary>Networks that a line has at a moment.</summary>
/// <param name="Own">The line's alone: IPv4 first, wider ones first; none lies in another.</param>
/// <param name="SharesV4">It shares an IPv4 address with others.</param>
/// <param name="SharesV6">It shares an IPv6 address with others.</param>
internal sealed record AssignedNetworks(IReadOnlyList<Prefix> Own, bool SharesV4, bool SharesV6);

/// <summary>Finds the networks of sealed subjects. Safe for any thread.</summary>
internal sealed class SubscriberLineNetworks(NetworkTable networks, IIdentity identity)
{
    /// <param name="subject">Whose.</param>
    /// <param name="atMs">When, milliseconds since the UNIX epoch.</param>
    public AssignedNetworks Find(SealedSubject subject, long atMs)
    {
        if (subject.Line.Length == 0)
        {
            return networks.Find(subject.Subject) is { Excluded: false, Attribution: SubscriberMapping.Static } network
                ? new([Prefix.From(subject.Subject, subject.Subject.IsV4 ? 128 : network.SubjectLength)], false, false)
                : new([], false, false);
        }

        var line = new SubscriberLineName(subject.Line);
        var (own, sharesV4, sharesV6) = (new List<Prefix>(), false, false);
        foreach (var row in identity.HeldBy(line).Where(row => row.FromMs <= atMs && atMs < row.UntilMs))
        {
            if (IsShared(row, atMs))
            {
                sharesV4 |= row.Network.IsV4;
                sharesV6 |= !row.Network.IsV4;
            }
            else if (networks.Find(row.Network.Network) is { Excluded: false }
                && identity.WhoHad(row.Network.Network, null, atMs) is IdentityAnswer.Line now && now.Name == line)
            {
                own.Add(row.Network);
            }
        }

        return new(Widest(own), sharesV4, sharesV6);
    }

    private bool IsShared(in IntakeRow row, long atMs) => row is not { PortFrom: 0, PortTo: ushort.MaxValue }
        || networks.Find(row.Network.Network) is { Attribution: SubscriberMapping.Cgnat }
        || identity.WhoHad(row.Network.Network, null, atMs)
            is IdentityAnswer.None { Reason: Unattributable.CgnatNeedsPort };

    private static List<Prefix> Widest(List<Prefix> all)
    {
        var kept = new List<Prefix>();
        foreach (var one in all.Distinct().OrderBy(prefix => prefix.IsV4 ? 0 : 1)
            .ThenBy(prefix => prefix.Length).ThenBy(prefix => prefix.Network.Bits))
        {
            if (!kept.Exists(wider => wider.Length <= one.Length && wider.Contains(one.Network)))
            {
                kept.Add(one);
            }
        }

        return kept;
    }
}
