// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>IPFIX over TCP and TLS; the section <c>collecting.sessions</c>.</summary>
public sealed record SessionOptions : ISection
{
    [Setting("Addresses and ports for IPFIX over TCP; 4739 by habit. It counts as datagrams do.",
        Example = "\"0.0.0.0:4739\"")]
    public IReadOnlyList<IPEndPoint> Tcp { get; init; } = [];

    [Setting("Addresses and ports for IPFIX over TLS 1.2 or later with client certificates; 4740 by habit. What comes "
        + "so is corroborated at once.", Example = "\"0.0.0.0:4740\"")]
    public IReadOnlyList<IPEndPoint> Tls { get; init; } = [];

    [Setting("PEM file of the certificate shown to exporters. Read again when it changes.",
        Example = "/etc/weir/ipfix/certificate.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of its key, readable by the collector's user alone.", Example = "/etc/weir/ipfix/key.pem",
        IsSecretFile = true)]
    public string? Key { get; init; }

    [Setting("PEM file of the authority that exporters' certificates must be of.",
        Example = "/etc/weir/ipfix/authority.pem")]
    public string? Authority { get; init; }

    [Setting("Connections at once.", Min = "1", Max = "16384")]
    public int Connections { get; init; } = 512;

    [Setting("Connections of one exporter at once. One more takes the place of one that was silent for a minute, or is "
        + "refused.", Min = "1", Max = "256")]
    public int PerExporter { get; init; } = 4;

    /// <summary>How long a message that was begun may take, and a handshake. Default 30 s.</summary>
    public TimeSpan MessageTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long until the first message begins. Default 1 min.</summary>
    public TimeSpan FirstTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a connection may be silent. Default 1 h.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether any is listened at.</summary>
    public bool IsOn => Tcp.Count + Tls.Count > 0;

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("tcp", Tcp, at => at.ToString());
        faults.AddTwice("tls", Tls, at => at.ToString());
        foreach (var (i, at) in Tls.Index().Where(one => one.Item.Port != 0 && Tcp.Contains(one.Item)))
        {
            faults.Add($"tls[{i}]", $"is {at}, which stands under tcp too; choose another port, such as 4740");
        }

        foreach (var (key, file) in ((string, string?)[])[
            ("certificate", Certificate), ("key", Key), ("authority", Authority)])
        {
            faults.AddEmpty(key, file);
            if (file is null && Tls.Count > 0)
            {
                faults.Add("tls", $"needs {key}: name the PEM file under {faults.PathOf(key)} (docs/11-exporters.md)");
            }
        }
    }
}
