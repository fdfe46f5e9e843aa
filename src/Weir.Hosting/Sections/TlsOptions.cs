// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Hosting.Sections;

/// <summary>A process's certificate, for what it asks of other machines.</summary>
public record CertificateOptions
{
    [Setting("PEM file of its certificate, for other machines; `tls/certificate.pem` in its own folder where it is not "
        + "set. Read again when it changes.", Example = "/etc/weir/collector.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of the certificate's key, readable by its user alone; `tls/key.pem` in its own folder where it "
        + "is not set.", Example = "/etc/weir/collector.key", IsSecretFile = true)]
    public string? Key { get; init; }
}

/// <summary>Between machines: where a process answers.</summary>
public record AnsweringOptions : CertificateOptions, ISection
{
    [Setting("Address and port at which it answers other machines, beside its socket: TLS 1.3, certificates on both "
        + "sides. Nowhere unless set.", Example = "0.0.0.0:8443")]
    public IPEndPoint? Listen { get; init; }

    [Setting("Certificates that are answered, as `process:name`; every one that the authority issued unless set.",
        Example = "collector:edge-1")]
    public IReadOnlyList<string> Peers { get; init; } = [];

    public virtual void Validate(SectionFaults faults)
    {
        foreach (var (i, text) in Peers.Index())
        {
            if (PeerIdentity.Parse(text) is null)
            {
                faults.Add($"peers[{i}]", $"is '{text}'; write a process and its name, such as collector:edge-1, as "
                    + "`weir certs issue` was given them");
            }
        }
    }
}

/// <summary>Between machines: where a process answers, and where it is asked.</summary>
public sealed record TlsOptions : AnsweringOptions
{
    [Setting("Where it is asked from this machine when it runs on another, as `https://host:port`; at its socket "
        + "unless set.", Example = "https://store.example.net:8443")]
    public string? Connect { get; init; }

    public override void Validate(SectionFaults faults)
    {
        base.Validate(faults);
        if (Connect is not null && !(PeerAddress.TryParse(Connect, out var address, out _) && address.IsTls))
        {
            faults.Add("connect", $"is '{Connect}'; write https://, the other machine's name or address, and the port");
        }
    }
}
