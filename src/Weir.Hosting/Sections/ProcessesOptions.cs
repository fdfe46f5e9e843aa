// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Hosting.Sections;

/// <summary>The processes of Weir; the section <c>processes</c>, which every process reads.</summary>
public sealed record ProcessesOptions : ISection
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
    public CollectorRunOptions Collector { get; init; } = new();

    [Setting("The process in front of the flow store, `weir store`.")]
    public StoreRunOptions Store { get; init; } = new();

    [Setting("The process that holds cases, `weir desk`.")]
    public DeskRunOptions Desk { get; init; } = new();

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

/// <summary>The collector, as the others know it.</summary>
public sealed record CollectorRunOptions
{
    [Setting("Its name, as its key is listed.")]
    public string Name { get; init; } = "collector";

    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-collector")]
    public string? User { get; init; }

    [Setting("Where it serves /metrics, /healthz, /readyz and /retention: address:port, or unix:path.")]
    public string Monitor { get; init; } = "127.0.0.1:9461";

    [Setting("Its certificate, where another process is on another machine; and where other collectors send it flows of "
        + "the networks that it owns.")]
    public AnsweringOptions Tls { get; init; } = new();
}

/// <summary>The store, as the others know it.</summary>
public sealed record StoreRunOptions
{
    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-store")]
    public string? User { get; init; }

    [Setting("Where it serves /metrics, /healthz, /readyz and /retention: address:port, or unix:path.")]
    public string Monitor { get; init; } = "127.0.0.1:9462";

    [Setting("Other machines.")]
    public TlsOptions Tls { get; init; } = new();
}

/// <summary>The desk, as the others know it.</summary>
public sealed record DeskRunOptions
{
    [Setting("User it runs as; every process's own user where it is not set.", Example = "weir-desk")]
    public string? User { get; init; }

    [Setting("Other machines.")]
    public TlsOptions Tls { get; init; } = new();
}
