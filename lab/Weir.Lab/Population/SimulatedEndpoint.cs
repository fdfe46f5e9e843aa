// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Jobs;
using Weir.Wire;

namespace Weir.Lab.Population;

/// <summary>What a remote endpoint is in the simulated world.</summary>
internal enum SimulatedEndpointKind : byte
{
    Ordinary,
    KnownCnc,
    HiddenDedicated,
    HiddenShared,
    Vendor,
    Helper,
    WrongEntry,
    ListedOnly,
    Victim,

    /// <summary>A place of a botnet's job; see its role.</summary>
    Job,
}

/// <summary>A remote endpoint that the truth speaks of.</summary>
/// <param name="Mark">Its number, from 1; 0 stands for ordinary endpoints.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Net">The botnet it serves, or -1.</param>
/// <param name="Number">Its number in the remote address space.</param>
/// <param name="V6">Whether it is spoken to over IPv6.</param>
/// <param name="Address">The remote address.</param>
/// <param name="Port">0 = a list row without port.</param>
/// <param name="Protocol">IANA protocol number.</param>
internal sealed record SimulatedEndpoint(
    int Mark, SimulatedEndpointKind Kind, int Net, int Number, bool V6, IpKey Address, ushort Port, byte Protocol)
{
    public bool Listed =>
        Kind is SimulatedEndpointKind.KnownCnc or SimulatedEndpointKind.WrongEntry or SimulatedEndpointKind.ListedOnly;

    /// <summary>What it is to its net; None for places of a run without jobs.</summary>
    public EndpointRole Role { get; init; }

    /// <summary>What a conversation with a job's place looks like.</summary>
    public Shape Shape { get; init; }

    /// <summary>Share of clean subscribers meant to use it as well.</summary>
    public double OthersShare { get; init; }

    public string Name => (Address.IsV4 ? $"{Address}" : $"[{Address}]") + $":{Port}/{(Protocol == 6 ? "tcp" : "udp")}";
}
