// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Cli.Configuring;

internal sealed record ProcessesSettings : ISection
{
    [Setting("Directory in which each process has one of its own, by its name: keys, chains, what waits to be sent.")]
    public string Dir { get; init; } = "/var/lib/weir";

    [Setting("Directory in which each process has one for its socket, by its name; `run` inside `dir` where "
        + "it is not set.", Example = "/run/weir")]
    public string? RunDir { get; init; }

    [Setting("File of the public keys that processes sign with, a line each: role, name, key. `weir keys` prints a "
        + "process's own line; `public-keys` inside `dir` where it is not set.", Example = "/etc/weir/public-keys")]
    public string? PublicKeys { get; init; }

    [Setting("Group that may open the sockets of `run-dir`; who is answered is decided by user.", Example = "weir")]
    public string? Group { get; init; }

    [Setting("PEM file of the authority whose certificates are believed between machines; `authority.pem` inside `dir` "
        + "where it is not set.", Example = "/etc/weir/authority.pem")]
    public string? Authority { get; init; }

    [Setting("Fingerprints of certificates that are not believed any more, as `weir certs show` prints them.",
        Example = "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public IReadOnlyList<string> Revoked { get; init; } = [];

    [Setting("The process that takes flows, `weir collector`.")]
    public CollectorProcessSettings Collector { get; init; } = new();

    [Setting("The process in front of the flow store, `weir store`.")]
    public StoreProcessSettings Store { get; init; } = new();

    [Setting("The process that holds cases, `weir desk`.")]
    public DeskProcessSettings Desk { get; init; } = new();

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("authority", Authority);
        foreach (var (i, text) in Revoked.Index())
        {
            if (!CertificateFingerprint.TryParse(text, out _))
            {
                faults.Add($"revoked[{i}]", $"is '{text}', which is no fingerprint; write sha256: and 64 digits, as "
                    + "`weir certs show` prints them");
            }
        }
    }
}

/// <summary>A process's certificate, for what it asks of other machines.</summary>
internal record CertificateSettings
{
    [Setting("PEM file of its certificate, for other machines; `tls/certificate.pem` in its own folder where it is not "
        + "set. Read again when it changes.", Example = "/etc/weir/collector.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of the certificate's key, readable by its user alone; `tls/key.pem` in its own folder where it "
        + "is not set.", Example = "/etc/weir/collector.key")]
    public string? Key { get; init; }
}

/// <summary>Between machines: where a process answers, and where it is asked.</summary>
internal sealed record TlsSettings : CertificateSettings, ISection
{
    [Setting("Address and port at which it answers other machines, beside its socket: TLS 1.3, certificates on both "
        + "sides. Nowhere unless set.", Example = "0.0.0.0:8443")]
    public IPEndPoint? Listen { get; init; }

    [Setting("Where it is asked from this machine when it runs on another, as `https://host:port`; at its socket unless "
        + "set.", Example = "https://store.example.net:8443")]
    public string? Connect { get; init; }

    [Setting("Certificates that are answered, as `process:name`; every one that the authority issued unless set.",
        Example = "collector:edge-1")]
    public IReadOnlyList<string> Peers { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        foreach (var (i, text) in Peers.Index())
        {
            if (PeerIdentity.Parse(text) is null)
            {
                faults.Add($"peers[{i}]", $"is '{text}'; write a process and its name, such as collector:edge-1, as "
                    + "`weir certs issue` was given them");
            }
        }

        if (Connect is not null && !(PeerAddress.TryParse(Connect, out var address, out _) && address.IsTls))
        {
            faults.Add("connect", $"is '{Connect}'; write https://, the other machine's name or address, and the port");
        }
    }
}

internal sealed record CollectorProcessSettings
{
    [Setting("Its name, as its key is listed.")]
    public string Name { get; init; } = "collector";

    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-collector")]
    public string? User { get; init; }

    [Setting("Where it serves /metrics, /healthz and /readyz: address:port, or unix:path.")]
    public string Monitor { get; init; } = "127.0.0.1:9461";

    [Setting("Its certificate, where another process is on another machine.")]
    public CertificateSettings Tls { get; init; } = new();
}

internal sealed record StoreProcessSettings
{
    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-store")]
    public string? User { get; init; }

    [Setting("Where it serves /metrics, /healthz and /readyz: address:port, or unix:path.")]
    public string Monitor { get; init; } = "127.0.0.1:9462";

    [Setting("Other machines.")]
    public TlsSettings Tls { get; init; } = new();
}

internal sealed record DeskProcessSettings
{
    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-desk")]
    public string? User { get; init; }

    [Setting("Other machines.")]
    public TlsSettings Tls { get; init; } = new();
}
