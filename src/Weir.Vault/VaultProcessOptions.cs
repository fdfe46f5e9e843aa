// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Networks;
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
    /// <summary>Folder of keys, seals and ledgers, mode 0700; one process a folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The provider's networks, as the collector has them.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>The vault's own chain.</summary>
    public required AuditOptions Audit { get; init; }

    /// <summary>The door for collectors, the store, the desk, and people.</summary>
    public required PeerOptions Peers { get; init; }

    /// <summary>Whose word about what happened is believed.</summary>
    public GroundsOptions Grounds { get; init; } = new();

    /// <summary>Where it is learnt who had an address.</summary>
    public IdentityOptions Identity { get; init; } = new();

    /// <summary>Who had an address, where somebody else knows it: tests and the self-test. Null for
    /// <see cref="Identity"/>.</summary>
    public IIdentity? KnownIdentity { get; init; }

    /// <summary>What the desk's records say of cases, for a customer's own view.</summary>
    public ISubjectRecords Records { get; init; } = new NoSubjectRecords();

    public ComplaintOptions Complaints { get; init; } = new();

    public DisclosureOptions Disclosures { get; init; } = new();

    /// <summary>User of the desk that consents are given to; this process's own unless set.</summary>
    public string? Desk { get; init; }

    /// <summary>The customer's page; null where none is served.</summary>
    public CustomerPageOptions? Page { get; init; }

    /// <summary>Folder of the provider's own texts; null for those that come with Weir.</summary>
    public string? Texts { get; init; }

    /// <summary>How customers are told; null for not at all.</summary>
    public Func<SubscriberLineNamer, TextCatalogue, ILoggerFactory, NoticeDeliveryDependencies?>? Notices { get; init; }

    /// <summary>How lines get into gardens; null where they do not.</summary>
    public WalledGardenOptions? Garden { get; init; }

    /// <summary>The vault's own router, for routes that match a line; null for none.</summary>
    public LineRouteOptions? LineRoutes { get; init; }

    /// <summary>Networks of lines that somebody's life may hang on, beside those that contacts name.</summary>
    public IReadOnlyList<Prefix> Protected { get; init; } = [];

    /// <summary>Whether it may run as root.</summary>
    public bool AllowRoot { get; init; }

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() =>
        OsUsers.Own == 0 && !AllowRoot
            ? ["weir vault runs as a user of its own, never as root: whoever has the collector's user must not have "
                + "the vault's files. Make one (useradd --system weir-vault), or set vault.allow-root for a trial on "
                + "one machine"]
            : Peers.Validate();
}
