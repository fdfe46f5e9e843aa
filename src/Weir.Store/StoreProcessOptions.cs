// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Sections;
using Weir.Store.Endpoints;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.LookBack;
using Weir.Store.Population;
using Weir.Store.Publishing;
using Weir.Store.Retention;
using Weir.Store.Runs;

namespace Weir.Store;

/// <summary>Settings of the store's process, component by component.</summary>
public sealed record StoreProcessOptions
{
    /// <summary>The sections that it reads.</summary>
    public required IStoreConfiguration Settings { get; init; }

    /// <summary>The store's own folder: its chain, population answers, what was erased and found.</summary>
    public required string Folder { get; init; }

    /// <summary>The door for collectors, the desk, and who asks how the store is.</summary>
    public required PeerOptions Peers { get; init; }

    /// <summary>The store's event key.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>Keys of collectors, of the vault and of the store.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>Key of an epoch's cohort draw, from the vault; null in the lab.</summary>
    public Func<uint, CancellationToken, Task<ulong>>? Cohort { get; init; }

    /// <summary>Key of the noise of a window, by its first UTC day and the first that is not in it, from the vault;
    /// null in the lab.</summary>
    public Func<uint, uint, CancellationToken, Task<IFigureNoise>>? Noise { get; init; }

    /// <summary>Who may promote, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>How far scopes reach, as the policy has it.</summary>
    public ScopeLimits Limits { get; init; } = ScopeLimits.Default;

    /// <summary>How coarse population figures are, as the policy has it.</summary>
    public PopulationKAnonymity PopulationRules { get; init; } = PopulationKAnonymity.Default;

    /// <summary>How long the store's own chain is kept, as the policy has it. Default 400 days.</summary>
    public TimeSpan ChainRetention { get; init; } = new AuditOptions().Retention;

    /// <summary>The provider's networks.</summary>
    public NetworkTable Networks { get => field ?? Settings.Attributing.ToTable(); init; }

    public EngineOptions Engine { get; init; } = new();

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The store's own chain.</summary>
    public AuditOptions Audit =>
        new()
        {
            Directory = Path.Combine(Folder, "audit"), Retention = ChainRetention, Outside = Settings.Auditing.Outside,
        };

    internal SegmentIntakeOptions Segments => new() { Folder = Own };

    internal EvidenceOptions Evidence => new()
    {
        Folder = Own, Ring = Ring, Limits = Limits, Retention = IsLab ? null : TimeSpan.FromDays(90),
    };

    internal string BrakeFile => Path.Combine(Own, "listed-networks.json");

    internal int BrakeBound => Settings.Brake.BoundOf(Settings.Profile);

    internal LookBackOptions LookBack => new() { Key = Key, People = People, IsLab = IsLab };

    internal ComparisonOptions ComparisonsWith(NetworkTable networks) => new()
    {
        Networks = networks,
        IsLab = IsLab,
        KAnonymity = Settings.Comparing.KAnonymity,
        Cohort = Cohort,
        FoundFile = Path.Combine(Own, "found.json"),
        FrozenFile = Path.Combine(Own, "frozen.json"),
    };

    internal EndpointOptions EndpointCounts => new() { KAnonymity = Settings.Comparing.KAnonymity, IsLab = IsLab };

    internal PublishingOptions Publishing => new()
    {
        Noise = Noise,
        FiguresFile = Path.Combine(Own, "endpoint-figures.json"),
        ComparisonsFolder = Path.Combine(Own, "comparisons"),
        Settle = Settings.RowsOnTheWay,
    };

    internal PopulationOptions PopulationWith(NetworkTable networks) => new()
    {
        Folder = Path.Combine(Own, "population"),
        Lines = networks.Lines,
        KAnonymity = PopulationRules,
    };

    private bool IsLab => Settings.Profile == Profile.Lab;

    private string Own => Path.Combine(Folder, "own");

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() => [.. Peers.Validate(), .. Retention.Validate()];
}
