// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using System.Diagnostics.Metrics;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Events;
using Weir.Collector.Forwarding;
using Weir.Collector.Keys;
using Weir.Collector.Lists;
using Weir.Collector.Running;
using Weir.Collector.Scopes;
using Weir.Collector.Segments;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Composing;

/// <summary>Everything one collector process is made of. Clients, keys and meters belong to the caller and outlive the
/// process.</summary>
public sealed record CollectorProcessOptions
{
    /// <summary>As its event key is named, such as <c>collector</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Signs its events; the desk's ring has its public half under the role <c>collector</c>.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>Whose word opens a scope here: types <see cref="Contracts.Grounds.ScopeGrounds.Kinds"/>, keys of every
    /// collector (its own too), of the store and of the vault.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>The desk; its answers are larger than usual: <see cref="PeerClientOptions.MaxAnswerOctets"/> 64 MiB.
    /// </summary>
    public required PeerClient Desk { get; init; }

    public required PeerClient Store { get; init; }

    /// <summary>The vault, which is told whether lines under a check are active; null in a lab that has none.</summary>
    public PeerClient? Vault { get; init; }

    /// <summary>How often it is told. Default 30 s.</summary>
    public TimeSpan ActivityPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keys of epochs and leases; <see cref="ClearSubjects"/> in the lab.</summary>
    public required ICollectorKeys Keys { get; init; }

    /// <summary>The sections that it reads.</summary>
    public required ICollectorConfiguration Settings { get; init; }

    /// <summary>The process's own folder: outbox, last good lists, chain.</summary>
    public required string Folder { get; init; }

    /// <summary>The provider's networks.</summary>
    public NetworkTable Networks { get => field ?? Settings.Attributing.ToTable(); init; }

    public FlowsOptions Flows { get; init; } = new();

    public SegmentsOptions Segments
    {
        get => field ?? new() { Spool = new() { Directory = Settings.Store.Spool } };
        init;
    }

    public EventsOptions Events { get => field ?? new() { Folder = At("events") }; init; }

    public ListsOptions Lists { get => field ?? new() { Folder = At("lists") }; init; }

    public ScopesOptions Scopes { get; init; } = new();

    /// <summary>Other collectors, and who owns what; null where this one owns all.</summary>
    public ForwardingOptions? Forwarding { get; init; }

    /// <summary>This process's own chain: scopes put in force and orders refused.</summary>
    public AuditOptions Auditing =>
        new()
        {
            Directory = At("audit"), Retention = Settings.Auditing.Retention, Version = Version,
            Outside = Settings.Auditing.Outside,
        };

    /// <summary>Counts that go on over restarts.</summary>
    internal string AccountFile => At("account");

    /// <summary>The program's version, as the chain names it.</summary>
    public string Version { get; init; } = "";

    /// <summary>How often the desk hears what the collector is doing. Default 5 s.</summary>
    public TimeSpan StatusPeriod { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required ILoggerFactory Logs { get; init; }

    public required IMeterFactory Meters { get; init; }

    /// <summary>Hears how each component is.</summary>
    public required HealthRegistry Health { get; init; }

    internal OwnKey OwnKey => OwnKey.Of(Name, Key, Ring);

    /// <summary>Sentences for the operator, one for each fault: the thing, the place, the fix.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> faults = [.. Events.Outbox.Validate()];
        if (OwnKey is { IsListed: false } key)
        {
            faults.Add(key.Unlisted);
        }

        if (Flows.Shards < 1 || StatusPeriod <= TimeSpan.Zero || ActivityPeriod <= TimeSpan.Zero)
        {
            faults.Add(
                "collector: a number of shards or the period of the status is not above zero; leave them at their "
                + "defaults");
        }

        return faults;
    }

    private string At(string name) => Path.GetFullPath(Path.Combine(Folder, name));

    /// <summary>The lab profile: live counters tell all.</summary>
    public bool IsLab { get; init; }
}
