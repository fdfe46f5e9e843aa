// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Contracts.Approvals;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Hosting.Governance;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>What a process is put together from. Disposes what it made for it.</summary>
internal sealed class ProcessRun(
    string process, WeirConfiguration settings, ProcessPlaces places, TimeProvider time, ILoggerFactory logs,
    IMeterFactory meters)
    : IDisposable
{
    private PeerCredentials? _credentials;

    private readonly Stack<IDisposable> _made = [];

    public WeirConfiguration Settings => settings;

    /// <summary>Where the configuration stands; empty for none.</summary>
    public string File { get; init; } = "";

    public ProcessPlaces Places => places;

    public TimeProvider Time => time;

    public ILoggerFactory Logs => logs;

    public IMeterFactory Meters => meters;

    public HealthRegistry Health { get; } = new(time);

    /// <summary>What is governed, verified and kept by this process; none in a lab.</summary>
    /// <exception cref="InvalidDataException">The kept copy cannot be used, or the configuration contradicts it.
    /// </exception>
    public GovernanceWatch Governance => field ??= GovernanceCheck.Watch(
        settings, places.OwnFolderOf(process), time, readsPolicy: process != ProcessNames.Collector);

    /// <summary>Who may approve, with their keys.</summary>
    public CurrentPeople People => Governance.People;

    /// <summary>Lines of the event keys that are governed; none where the list of public keys counts.</summary>
    public IReadOnlyList<string> EventKeys => Governance.InForce.Document?.EventKeys ?? [];

    /// <summary>Whose word counts: the event keys that two people signed, else those of the list of public
    /// keys.</summary>
    /// <exception cref="OperatorException">The list cannot be read.</exception>
    public PublicKeyRing Ring() => EventKeys.Count > 0
        ? ProcessKeys.RingOf(EventKeys, settings.Governance.File) : ProcessKeys.ReadRing(places.PublicKeys);

    /// <summary>Disposed with the run.</summary>
    public T Keep<T>(T made)
        where T : IDisposable
    {
        _made.Push(made);
        return made;
    }

    /// <summary>A client of another process.</summary>
    /// <exception cref="IOException">It is on another machine, and the certificate cannot be used.</exception>
    public PeerClient Client(string asked, int? maxAnswerOctets = null)
    {
        var address = places.AddressOf(asked);
        var options = new PeerClientOptions
        {
            Name = asked, Address = address, User = address.IsTls ? null : places.UserOf(asked),
            Tls = address.IsTls ? new(Credentials(), asked) : null,
        };
        return Keep(new PeerClient(
            maxAnswerOctets is { } octets ? options with { MaxAnswerOctets = octets } : options, time, meters, logs));
    }

    /// <summary>A client of another collector, which must show the certificate of that name.</summary>
    /// <exception cref="OperatorException">Its address is none.</exception>
    /// <exception cref="IOException">This collector's certificate cannot be used.</exception>
    public PeerClient CollectorClient(string name, string connect) => Keep(new PeerClient(
        new()
        {
            Name = name,
            Address = PeerAddress.TryParse(connect, out var address, out var fault) ? address
                : throw new OperatorException($"owners.collectors: {fault}"),
            Tls = new(Credentials(), ProcessNames.Collector, name),
        },
        time, meters, logs));

    /// <summary>A client of the vault.</summary>
    /// <exception cref="OperatorException">Nobody knows whose socket it must be.</exception>
    public PeerClient VaultClient()
    {
        if (places.AddressOf(ProcessNames.Vault).IsTls)
        {
            return Client(ProcessNames.Vault);
        }

        try
        {
            return Keep(new PeerClient(
                VaultAddress.Options(places.VaultSocket, places.VaultUser), time, meters, logs));
        }
        catch (InvalidDataException refused)
        {
            throw new OperatorException(refused.Message);
        }
    }

    /// <summary>Where this process answers other machines; null where it does not.</summary>
    /// <param name="roles">Who may come.</param>
    /// <exception cref="IOException">The certificate cannot be used; the message names it and says the fix.
    /// </exception>
    public PeerTlsOptions? Tls(PeerRoles roles) => places.AnsweringOf(process) is { Listen: { } listen } tls
        ? new()
        {
            Listen = listen, Credentials = Credentials(), Roles = roles,
            Peers = [.. tls.Peers.Select(PeerIdentity.Parse).OfType<PeerIdentity>()],
        }
        : null;

    /// <summary>Watches the vault, so that one that went away is known before it is needed.</summary>
    /// <param name="services">The process's components.</param>
    /// <param name="meanwhile">What the process does while it is away.</param>
    public void WatchVault(IServiceCollection services, string meanwhile)
    {
        if (places.HasVault)
        {
            services.AddPeerWatch(VaultClient(), VaultRoutes.Status, meanwhile);
        }
    }

    private PeerCredentials Credentials()
    {
        if (_credentials is null)
        {
            _credentials = new(places.CertificateOf(process), process, time, meters, logs);
            Health.Add("certificate", _credentials.Health);
        }

        return _credentials;
    }

    public void Dispose()
    {
        while (_made.TryPop(out var made))
        {
            made.Dispose();
        }
    }
}
