// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>What a source of identity is.</summary>
public enum IdentityKind : byte
{
    /// <summary>RADIUS accounting over UDP (RFC 2866).</summary>
    Radius,

    /// <summary>A pcap capture of RADIUS accounting, read once.</summary>
    RadiusCapture,

    /// <summary>A "detail" file of a RADIUS server, followed.</summary>
    RadiusDetail,

    /// <summary>A Kea lease file (CSV, IPv4 or IPv6), followed.</summary>
    Kea,

    /// <summary>An ISC dhcpd.leases file, followed.</summary>
    Isc,

    /// <summary>Port blocks as CSV, followed.</summary>
    PortBlocks,

    /// <summary>A file of syslog lines with port blocks, followed.</summary>
    Syslog,

    /// <summary>Syslog over UDP (RFC 5426).</summary>
    SyslogUdp,

    /// <summary>Translation events over IPFIX or NetFlow v9 (RFC 8158).</summary>
    NatIpfix,

    /// <summary>The address plan as CSV, read again when it changes.</summary>
    Plan,
}

/// <summary>One source.</summary>
public sealed record IdentitySourceOptions
{
    /// <summary>Names it in counts and messages.</summary>
    public required string Name { get; init; }

    public required IdentityKind Kind { get; init; }

    /// <summary>File, for the kinds that have one.</summary>
    public string? Path { get; init; }

    /// <summary>Address and UDP port, for the kinds that listen. RADIUS: 127.0.0.1:1813 unless set.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>File of shared secrets, RADIUS only: "network secret" lines, not readable by everyone.</summary>
    public string? SecretFile { get; init; }

    /// <summary>Exporters that are listened to, <see cref="IdentityKind.NatIpfix"/> only; empty = any that
    /// reaches the socket.</summary>
    public IReadOnlyList<Prefix> Exporters { get; init; } = [];

    /// <summary>Which attribute names the line, RADIUS only.</summary>
    public SubscriberLineAttribute LineFrom { get; init; }

    /// <summary>Forms of lines beside those built in, syslog only; tried first.</summary>
    public IReadOnlyList<SyslogPattern> Patterns { get; init; } = [];

    /// <summary>How often a file is looked at.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>All of identity.</summary>
public sealed record IdentityOptions
{
    /// <summary>The identity store, an SQLite file of the vault's own; null keeps all in memory.</summary>
    public string? Store { get; init; }

    public IdentityTableOptions Terms { get; init; } = new();

    /// <summary>How often NASes send interims (RFC 2869 §2.1); zero learns it from each session.</summary>
    public TimeSpan InterimInterval { get; init; }

    /// <summary>How long the same request is known again.</summary>
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromMinutes(10);

    public IReadOnlyList<IdentitySourceOptions> Sources { get; init; } = [];

    /// <summary>Keeps, sealed, what a NAS needs to find a session again: where a garden is configured.</summary>
    public bool KeepsSessions { get; init; }
}
