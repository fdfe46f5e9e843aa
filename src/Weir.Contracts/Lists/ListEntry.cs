// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Lists;

/// <summary>What many entries of a list share; kept once.</summary>
/// <param name="List">Name of the list.</param>
/// <param name="Role">What the entry means.</param>
/// <param name="Confidence">0 to 100, as the list or the operator says.</param>
/// <param name="Family">Malware family as published; empty where the list does not say.</param>
public sealed record ListTag(string List, ListRole Role, byte Confidence, string Family)
{
    /// <summary>The list is our own of promoted endpoints: what it names is confirmed by two people of ours
    /// (rules.md R14).</summary>
    public bool IsOwnConfirmation { get; init; }

    /// <summary>How the list came to the entry, where it says; empty for most.</summary>
    public string Provenance { get; init; } = "";
}

/// <summary>One listed endpoint, address or network, with where it comes from and how long it holds.</summary>
/// <param name="What">The network; a single address is its longest prefix.</param>
/// <param name="Port">Remote port; 0 = every port.</param>
/// <param name="Protocol">IANA number; 0 = every protocol that has ports (ICMP has to be named).</param>
/// <param name="Tag">List, role, confidence, family.</param>
/// <param name="FirstSeenMs">Milliseconds since the UNIX epoch; 0 = the list does not say.</param>
/// <param name="LastSeenMs">The same for the last report.</param>
/// <param name="ExpiresMs">Flows that start at or after it do not match; <see cref="Never"/> = it
/// does not expire.</param>
/// <param name="ValidFromMs">Flows that start before it do not match; 0 = no such bound.</param>
public readonly record struct ListEntry(
    Prefix What, ushort Port, byte Protocol, ListTag Tag, long FirstSeenMs, long LastSeenMs, long ExpiresMs,
    long ValidFromMs)
{
    public const long Never = long.MaxValue;

    public string List => Tag.List;

    public ListRole Role => Tag.Role;

    public byte Confidence => Tag.Confidence;

    public string Family => Tag.Family;

    /// <summary>Whether two people of ours confirmed it (rules.md R14).</summary>
    public bool IsOwnConfirmation => Tag.IsOwnConfirmation;

    /// <summary>Whether the entry holds for a flow of that time. Now has no say in it.</summary>
    public bool IsValidAt(long atMs) => atMs >= ValidFromMs && atMs < ExpiresMs;

    /// <summary>Whether the endpoint lies in the entry, the time aside.</summary>
    public bool Covers(in Endpoint endpoint) =>
        What.IsV4 == endpoint.Address.IsV4
        && What.Contains(endpoint.Address)
        && (Port == 0 || Port == endpoint.Port)
        && (Protocol == endpoint.Protocol
            || (Protocol == 0 && endpoint.Protocol is not (Protocols.Icmp or Protocols.Icmp6)));

    public override string ToString()
    {
        var what = What.Length == 128 ? What.Network.ToString() : What.ToString();
        var port = Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{Port}");
        var protocol = Protocol == 0 ? "" : $"/{Protocols.ToName(Protocol)}";
        return (What.IsV4 || Port == 0 ? what : $"[{what}]") + port + protocol;
    }
}

/// <summary>A listed name. Flows carry no names (rules.md R6), so it is kept apart for the resolvers' zone.</summary>
/// <param name="Name">Lower case, no final dot.</param>
/// <param name="Below">Names below it are meant too.</param>
/// <param name="Tag">List, role, confidence, family.</param>
/// <param name="FirstSeenMs">Milliseconds since the UNIX epoch; 0 = the list does not say.</param>
/// <param name="ExpiresMs">End of its life; <see cref="ListEntry.Never"/> = it does not expire.</param>
public readonly record struct DomainEntry(string Name, bool Below, ListTag Tag, long FirstSeenMs, long ExpiresMs);
