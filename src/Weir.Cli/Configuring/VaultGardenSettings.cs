// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Cli.Configuring;

internal sealed record VaultGardenSettings
{
    [Setting("Attributes of a line in the leaky garden: most things work, a page explains. By name, by number "
        + "(`11=weir-leaky`) or a vendor's (`26.VENDOR.TYPE=value`); values are text, `0x…`, `int:N` or `ip:ADDRESS`.",
        Example = "Filter-Id=weir-leaky")]
    public IReadOnlyList<string> Leaky { get; init; } = [];

    [Setting("Attributes of a line in the strict garden: help, emergency calls and remediation sites alone. The NAS's "
        + "filter must let these through; Weir cannot see it.", Example = "Filter-Id=weir-strict")]
    public IReadOnlyList<string> Strict { get; init; } = [];

    [Setting("Attributes that let a line out again. `disconnect`, alone, ends the session instead "
        + "(Disconnect-Request): the line comes back as its profile says.", Example = "Filter-Id=open")]
    public IReadOnlyList<string> None { get; init; } = [];

    [Setting("NASes that take changes of authorization (RFC 5176).")]
    public IReadOnlyList<GardenNasSettings> Nas { get; init; } = [];

    [Setting("The provider's program instead of RADIUS: JSON on its standard input, no shell, exit code "
        + "0 confirms. An absolute path.", Example = "/usr/local/libexec/weir-garden")]
    public string? Script { get; init; }

    [Setting("How long a NAS or the program may take, retransmissions included.", Min = "1s", Max = "1m")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether lines can be put into a garden at all.</summary>
    internal bool IsSet => Leaky.Count + Strict.Count + None.Count + Nas.Count > 0 || Script is not null;
}

internal sealed record GardenNasSettings
{
    [Setting("Name shown in messages.", Required = true, Example = "bng-1")]
    public string Name { get; init; } = "";

    [Setting("Address and UDP port of its CoA listener.", Required = true, Example = "192.0.2.1:3799")]
    public IPEndPoint Address { get; init; } = new(IPAddress.None, 0);

    [Setting("NAS-IP-Address or NAS-IPv6-Address of the sessions that are its; that of `address` unless set.",
        Example = "192.0.2.1")]
    public IReadOnlyList<Prefix> NasAddresses { get; init; } = [];

    [Setting("NAS-Identifier of the sessions that are its; counts before the address.", Example = "bng-1.example.net")]
    public IReadOnlyList<string> NasIdentifiers { get; init; } = [];

    [Setting("File that holds the secret shared with it, alone; not readable by everyone.", Required = true,
        Example = "/etc/weir-vault/bng-1.secret")]
    public string SecretFile { get; init; } = "";
}
