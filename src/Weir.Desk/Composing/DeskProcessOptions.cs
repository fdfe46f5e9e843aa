// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Comparisons;
using Weir.Desk.Customers;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Desk.Remediation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Sections;

namespace Weir.Desk.Composing;

/// <summary>Settings of the desk's process, component by component.</summary>
internal sealed record DeskProcessOptions
{
    /// <summary>The sections that it reads.</summary>
    public required IDeskConfiguration Settings { get; init; }

    /// <summary>The policy in force.</summary>
    public required PolicyProfile Policy { get; init; }

    /// <summary>The door for collectors, and who asks how the desk is.</summary>
    public required PeerOptions Peers { get; init; }

    /// <summary>The store; not disposed with the process.</summary>
    public required PeerClient Store { get; init; }

    /// <summary>Keys of collectors, of the store and of the vault.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>The vault, and what stands in for it in a lab.</summary>
    public required VaultTie Vault { get; init; }

    public required DeskListsOptions Lists { get; init; }

    /// <summary>Who may do what and approve what, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>The desk's side of the customer's page; null where the vault serves none.</summary>
    public CustomersOptions? Customers { get; init; }

    /// <summary>The program's version, as chain and alerts name it.</summary>
    public string Version { get; init; } = "";

    /// <summary>What this Weir goes by, for people; a lab unless given.</summary>
    public InstanceFacts Instance { get; init; } = new();

    /// <summary>The provider's networks, as the collector has them.</summary>
    public NetworkTable Networks { get => field ?? Settings.Attributing.ToTable(); init; }

    /// <summary>The desk's own chain.</summary>
    public AuditOptions Audit => Settings.Auditing with
    {
        Version = Version, Beside = Settings.Cases.RecordsFile,
    };

    /// <summary>Folder of the records.</summary>
    public string Records => Settings.Cases.Dir;

    public CaseSources Cases => new()
    {
        Ring = Ring,
        Vault = Vault,
        People = People,
        CheckSettles = Settings.Escalating.Settles,
        Brake = Settings.Profile == Profile.Lab ? BrakeLimits.None
            : new(Settings.Brake.Lines, Settings.Brake.NewLines, Settings.Brake.Settles),
    };

    public RemediationOptions Remediation => new() { LongestGap = Settings.Escalating.LongestGap };

    /// <summary>File of the alerts' journal.</summary>
    public string AlertJournal => Path.Combine(Records, "alerts.sqlite");

    /// <summary>File of the blocks' journal.</summary>
    public string BlockJournal => Path.Combine(Records, "blocks.sqlite");

    public MitigationOptions Blocks => Settings.Blocking with
    {
        Own = [.. Settings.Attributing.Networks.Select(network => network.Prefix)],
        Never =
        [
            new() { Why = "resolver", Networks = Settings.Attributing.Excluded.Resolvers },
            new() { Why = "relay", Networks = Settings.Attributing.Excluded.Relays },
            new() { Why = "monitoring", Networks = Settings.Attributing.Excluded.Monitoring },
            .. Settings.Blocking.Never,
        ],
        Exempt = Settings.Escalating.Exempt,
        Shown = Policy.ShowsSubjects ? default : new CountRounding(Policy.K, Policy.Rounding),
        MaxLifetime = TimeSpan.FromDays(Policy.BlockDays),
    };

    public EscalationsOptions Escalations => new()
    {
        Ladder = Settings.Escalating,
        Report = Path.Combine(Settings.Report.Dir, "report.json"),
    };

    public ReportRunOptions Comparisons => new()
    {
        Settings = Settings.Comparing,
        Profile = Schema.Kebab(Settings.Profile.ToString()),
        Networks = Networks,
        Folder = Settings.Report.Dir,
        Provider = Settings.Report.Provider,
        Settle = Settings.RowsOnTheWay,
    };

    public PromotionsOptions Promotions => new()
    {
        Folder = Records,
        Lifetime = Settings.Cases.PromotedFor,
        Reach = Settings.Cases.LookBack,
        Settles = Settings.RowsOnTheWay,
        HasNames = Settings.Profile == Profile.Lab ? null : _ => true,
    };

    /// <summary>Who may do what.</summary>
    public ApiCallers Callers => ApiCallers.From(Settings.Access, People);

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() => Peers.Validate();
}
