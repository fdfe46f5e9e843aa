// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Composing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Owning;
using Weir.Collector.Running;
using Weir.Desk.Alerts;
using Weir.Desk.Api;
using Weir.Desk.Composing;
using Weir.Desk.Console;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Sections;
using Weir.Store;
using Weir.Vault;
using Weir.Vault.Customers;
using Weir.Wire;

namespace Weir.Cli.Configuring;

/// <summary>The whole configuration as read: one record per stage. Every property is a
/// key of <c>weir.yaml</c>.</summary>
internal sealed record WeirConfiguration
    : ISection, ICollectorConfiguration, IStoreConfiguration, IDeskConfiguration, IVaultConfiguration
{
    [Setting("Policy profile: which rules of looking are in force. `lab` shows subjects in clear and is for "
        + "public or self-made data only.")]
    public Profile Profile { get; init; } = Profile.UsProvider;

    [Setting("What is governed: signed by two people, verified by each process.")]
    public GovernanceOptions Governance { get; init; } = new();

    [Setting("The processes of Weir: where each has its own, and who it is.")]
    public ProcessesOptions Processes { get; init; } = new();

    [Setting("Sockets that take flow exports: NetFlow v5/v9, IPFIX and sFlow, any of them on any port.")]
    public UdpOptions Collecting { get; init; } = new();

    [Setting("Templates, and what is known about single exporters.")]
    public DecodingOptions Decoding { get; init; } = new();

    [Setting("The provider's networks: an address inside is a subject, outside a remote.")]
    public AttributingOptions Attributing { get; init; } = new();

    [Setting("Several collectors: which of them owns which networks, and what waits for the others.")]
    public OwnersOptions Owners { get; init; } = new();

    [Setting("The vault: epoch keys, sealed subjects of cases, who had which address. A process of its "
        + "own, under a user of its own.")]
    public VaultOptions Vault { get; init; } = new();

    [Setting("Watchlists.")]
    public MatchingOptions Matching { get; init; } = new();

    [Setting("The brake on lists: how many lines a listed network, and what one edit brings, may make cases of before two people look.")]
    public BrakeOptions Brake { get; init; } = new();

    [Setting("Whose networks endpoints are in: AS number, name and country from files of yours.")]
    public EnrichmentOptions Enrichment { get; init; } = new();

    [Setting("Mechanical counters of every subject and the rules that raise events: floods, "
        + "reflection, spam, scans, spoofing.")]
    public DetectingOptions Detecting { get; init; } = new();

    [Setting("Sums per subject, endpoint and hour, in memory before they reach the store.")]
    public DigestOptions Digesting { get; init; } = new();

    [Setting("Evidence of open scopes, and the ring of raw flows that lets a scope reach back before its event.")]
    public RingOptions Evidence { get; init; } = new();

    [Setting("The differential engine: infected against matched others.")]
    public ComparisonsOptions Comparing { get; init; } = new();

    [Setting("Where pair digests are kept: the embedded engine, or a ClickHouse server.")]
    public StoreOptions Store { get; init; } = new();

    [Setting("A policy file in place of the profile's own numbers, and whose signature lets it loosen rules.")]
    public PolicyOptions Policy { get; init; } = new();

    [Setting("The audit log: every look, every refusal, every step of a case, durable before it happens.")]
    public AuditOptions Auditing { get; init; } = new();

    [Setting("Case files.")]
    public CasesOptions Cases { get; init; } = new();

    [Setting("Complaints of third parties: who may complain, and where they come in.")]
    public ComplaintsOptions Complaints { get; init; } = new();

    [Setting("When customers are told; what they are told and how it goes stands in `vault.notices`.")]
    public NoticeOptions Notices { get; init; } = new();

    [Setting("Blocks on the provider's own routers and resolvers; a dry run until switched on.")]
    public MitigationOptions Blocking { get; init; } = new();

    [Setting("The customer's own page behind a signed link: what was seen, what to do, \"I fixed it\".")]
    public CustomerPageOptions Selfservice { get; init; } = new();

    [Setting("The ladder from notice to garden: what Weir does by itself and when, what it never "
        + "touches, when a line is clean.")]
    public EscalatingOptions Escalating { get; init; } = new();

    [Setting("Alerts to the provider's own people.")]
    public AlertOptions Notifying { get; init; } = new();

    [Setting("The socket of the other commands.")]
    public ControlOptions Control { get; init; } = new();

    [Setting("The console, which the desk serves to browsers; people come in by `weir console link`.")]
    public ConsoleOptions Console { get; init; } = new();

    [Setting("Who may do what in a lab: users of the operating system, each in one role. Outside the lab people stand "
        + "in `governance.file`.")]
    public AccessOptions Access { get; init; } = new();

    [Setting("Reports.")]
    public ReportOptions Report { get; init; } = new();

    [Setting("Console, API, metrics and health.")]
    public WebOptions Web { get; init; } = new();

    /// <summary>How long after a flow its row is in the store: the exporters' active timeout, the wait for the next
    /// flush, and ten minutes through the spool.</summary>
    public TimeSpan RowsOnTheWay => Decoding.ActiveTimeout + Digesting.FlushInterval + TimeSpan.FromMinutes(10);

    /// <summary>What is shipped: the defaults, and documentation prefixes where the provider's own must go.</summary>
    public static WeirConfiguration Shipped() => new()
    {
        Attributing = new()
        {
            Networks = [
                new() { Prefix = Prefix.Parse("192.0.2.0/24") }, new() { Prefix = Prefix.Parse("2001:db8::/32") }],
        },
    };

    public void Validate(SectionFaults faults)
    {
        CollectorRules.Validate(this, faults);
        if (Profile != Profile.Lab)
        {
            CollectorRules.ValidateExporters(this, faults);
            CollectorRules.ValidateOwners(this, faults);
        }

        OwnershipRules.Validate(
            Owners, Attributing, Processes.Collector.Name, Processes.Collector.Tls.Listen is not null, faults);

        foreach (var (path, sentence) in ConfigurationRules.Check(this))
        {
            faults.Add(path, sentence);
        }
    }
}
