// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers.Certificates;
using Weir.Wire;

namespace Weir.Collector.Collecting.Admitting;

/// <summary>Exporters whose datagrams are decoded: a row of <c>collecting.exporters</c>.</summary>
public sealed record KnownExporterOptions : ISection
{
    [Setting("Network that the exporters are in, or one address; the longest match counts.", Required = true,
        Example = "192.0.2.0/28")]
    public Prefix Network { get; init; }

    [Setting("UDP port they send from, where it is always the same; others of theirs are refused then. Left out: any.",
        Min = "1", Max = "65535", Example = "50000")]
    public int? SourcePort { get; init; }

    [Setting("Observation domains (IPFIX), source ids (v9), engines (v5) or sub-agents (sFlow) they send; messages of "
        + "others are refused. Left out: all.", Min = "0", Max = "4294967295")]
    public IReadOnlyList<uint> Domains { get; init; } = [];

    [Setting("What their interfaces face.")]
    public IReadOnlyList<ExporterInterfaceOptions> Interfaces { get; init; } = [];

    [Setting("Public keys of the certificates by which they come to `collecting.sessions.tls`, as `weir certs show` "
        + "prints them; outside a lab no other is taken there, and nothing of theirs that comes over UDP or TCP.",
        Example = "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether a key is among them.</summary>
    /// <param name="print">As <see cref="CertificateFingerprint"/> writes it.</param>
    public bool HasKey(string print) =>
        Keys.Any(key => CertificateFingerprint.TryParse(key, out var known) && known.ToString() == print);

    /// <inheritdoc/>
    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("interfaces", Interfaces, one =>
            one.Index.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (i, key) in Keys.Index().Where(one => !CertificateFingerprint.TryParse(one.Item, out _)))
        {
            faults.Add($"keys[{i}]", $"is '{key}', which is no fingerprint of a key; write sha256: and 64 digits, as "
                + "`weir certs show` prints them behind the word key");
        }
    }
}

/// <summary>One interface of an exporter.</summary>
public sealed record ExporterInterfaceOptions
{
    [Setting("Its SNMP index.", Required = true, Min = "1", Max = "4294967295", Example = "7")]
    public uint Index { get; init; }

    [Setting("`subscriber`: a foreign source that comes in there is counted as spoofed (BCP 38). `uplink`: it faces "
        + "other networks. `internal`: it faces routers of the provider's own.")]
    public InterfaceRole Role { get; init; } = InterfaceRole.Subscriber;
}

/// <summary>What an interface faces.</summary>
public enum InterfaceRole : byte
{
    Subscriber,
    Uplink,
    Internal,
}
