// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;
using Weir.Vault.Complaints;
using Weir.Vault.Customers;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Grounds;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Vault.LineRoutes;
using Weir.Vault.Notifying;
using Weir.Vault.Subjects;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Vault;

/// <summary>Settings of the vault's process, component by component.</summary>
public sealed record VaultProcessOptions
{
    /// <summary>The sections that it reads.</summary>
    public required IVaultConfiguration Settings { get; init; }

    /// <summary>The door for collectors, the store, the desk, and people.</summary>
    public required PeerOptions Peers { get; init; }

    /// <summary>The program's version, as the chain names it.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whose word about what happened is believed.</summary>
    public GroundsOptions Grounds { get; init; } = new();

    /// <summary>Who may approve, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>Lines that one listed network is sealed for on a day; no brake unless given.</summary>
    public int Brake { get; init; } = int.MaxValue;

    /// <summary>How long a route may last, as the policy has it. Default 14 d.</summary>
    public TimeSpan MaxRouteLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Who had an address, where somebody else knows it: tests and the self-test. Null for
    /// <see cref="Identity"/>.</summary>
    public IIdentity? KnownIdentity { get; init; }

    /// <summary>What the desk's records say of cases, for a customer's own view.</summary>
    public ISubjectRecords Records { get; init; } = new NoSubjectRecords();

    /// <summary>User of the desk that consents are given to; this process's own unless set.</summary>
    public string? Desk { get; init; }

    /// <summary>How customers are told in place of what the settings say; null for that.</summary>
    public Func<SubscriberLineNamer, TextCatalogue, ILoggerFactory, NoticeDeliveryDependencies?>? Notices { get; init; }

    /// <summary>Whether it may run as root.</summary>
    public bool AllowRoot { get; init; }

    /// <summary>The provider's networks, as the collector has them.</summary>
    public NetworkTable Networks { get => field ?? Settings.Attributing.ToTable(); init; }

    /// <summary>Folder of keys, seals and ledgers, mode 0700; one process a folder.</summary>
    public string Folder => Path.GetFullPath(Settings.Vault.Dir);

    /// <summary>The vault's own chain.</summary>
    public AuditOptions Audit => new()
    {
        Directory = Path.Combine(Folder, "audit"), Version = Version, Outside = Settings.Auditing.Outside,
    };

    /// <summary>Where it is learnt who had an address.</summary>
    public IdentityOptions Identity => Settings.Vault.Identity with
    {
        Store = Settings.Vault.Identity.Store is { } store ? Path.Combine(Folder, store) : null,
        Networks = [.. Settings.Attributing.Networks.Select(network => network.Prefix)],
        Shared =
        [
            .. Settings.Vault.Identity.Shared
                .Concat(Settings.Attributing.Networks.Where(network => network.Attribution == SubscriberMapping.Cgnat)
                    .Select(network => network.Prefix))
                .Distinct(),
        ],
        KeepsSessions = Settings.Vault.Garden.IsSet,
    };

    /// <summary>Whose complaints are attributed.</summary>
    public ComplaintOptions Complaints => new()
    {
        Reporters = Settings.Complaints.Reporters.Select(reporter => reporter.Name).ToHashSet(),
        MaxPerDay = Settings.Vault.ComplaintsADay,
    };

    /// <summary>Who may ask for a disclosure or give leave for one.</summary>
    public DisclosureOptions Disclosures => new()
    {
        People = new Dictionary<string, string>(
            Settings.Access.Analysts.Select(name => KeyValuePair.Create(name, Actor.ToName(Role.Analyst)))
                .Concat(Settings.Access.PrivacyOfficers.Select(
                    name => KeyValuePair.Create(name, Actor.ToName(Role.PrivacyOfficer))))
                .DistinctBy(person => person.Key),
            StringComparer.Ordinal),
    };

    /// <summary>The vault's own router, for routes that match a line.</summary>
    public LineRouteOptions LineRoutes => Settings.Vault.LineRoutes with { MaxLifetime = MaxRouteLifetime };

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() => UserFault(AllowRoot) is { } fault ? [fault] : Peers.Validate();

    /// <summary>Why this user may not run it; null where it may. Asked before anything is made.</summary>
    public static string? UserFault(bool allowRoot) => OsUsers.Own == 0 && !allowRoot
        ? "weir vault runs as a user of its own, never as root: whoever has the collector's user must not have the vault's "
            + "files. Make one (useradd --system weir-vault), or set vault.allow-root for a trial on one machine"
        : null;
}
