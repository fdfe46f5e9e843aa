// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Contracts.Protocol;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>What a process is put together from. Disposes what it made for it.</summary>
internal sealed class ProcessRun(
    WeirConfiguration settings, ProcessPlaces places, TimeProvider time, ILoggerFactory logs, IMeterFactory meters)
    : IDisposable
{
    private readonly Stack<IDisposable> _made = [];

    public WeirConfiguration Settings => settings;

    public ProcessPlaces Places => places;

    public TimeProvider Time => time;

    public ILoggerFactory Logs => logs;

    public IMeterFactory Meters => meters;

    public HealthRegistry Health { get; } = new(time);

    /// <summary>Disposed with the run.</summary>
    public T Keep<T>(T made)
        where T : IDisposable
    {
        _made.Push(made);
        return made;
    }

    /// <summary>A client of another process.</summary>
    public PeerClient Client(string process, int? maxAnswerOctets = null)
    {
        var options = new PeerClientOptions
        {
            Name = process, Address = places.AddressOf(process), User = places.UserOf(process),
        };
        return Keep(new PeerClient(
            maxAnswerOctets is { } octets ? options with { MaxAnswerOctets = octets } : options, time, meters, logs));
    }

    /// <summary>A client of the vault.</summary>
    /// <exception cref="OperatorException">Nobody knows whose socket it must be.</exception>
    public PeerClient VaultClient()
    {
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

    public void Dispose()
    {
        while (_made.TryPop(out var made))
        {
            made.Dispose();
        }
    }
}
