// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Desk.Enrichment;

/// <summary>One file that says whose network an address is in. Safe for any thread.</summary>
internal interface IOwnerFile
{
    /// <summary>What it holds, such as <c>prefix-to-AS table</c> or <c>GeoLite2-ASN</c>.</summary>
    string Kind { get; }

    /// <summary>Networks or systems it names; null of a database, which does not tell.</summary>
    long? Entries { get; }

    /// <summary>Lines that are none, with the first one's place and reason; 0 of a database.</summary>
    (int Lines, string First) Refused { get; }

    /// <summary>Names of systems by their number, where it has such; the look-up of another file uses them.</summary>
    IReadOnlyDictionary<uint, NetworkOwner> Systems { get; }

    /// <summary><see cref="NetworkOwner.Unknown"/> where it does not say.</summary>
    NetworkOwner Find(IpKey address);
}

/// <summary>A file of names that cannot be used; the message names it, the place and the fix.</summary>
public sealed class EnrichmentException(string message, Exception? inner = null) : Exception(message, inner);
