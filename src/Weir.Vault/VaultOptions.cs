// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Sections;
using Weir.Vault.Approving;
using Weir.Vault.Gardening;
using Weir.Vault.Grounds;
using Weir.Vault.Identity.Intake;
using Weir.Vault.LineRoutes;
using Weir.Vault.Notifying;

namespace Weir.Vault;

/// <summary>The vault; the section <c>vault</c>.</summary>
public sealed record VaultOptions : ISection
{
    [Setting("Unix socket of a vault that runs by itself, under a user of its own: the process that alone knows the "
        + "way from a pseudonym to a person. Without it `weir serve` starts one as its child, under its own user.",
        Example = "/run/weir-vault/vault.sock")]
    public string? Socket { get; init; }

    [Setting("Directory of the vault's keys, seals and record; only its own user may enter it.")]
    public string Dir { get; init; } = "/var/lib/weir-vault";

    [Setting("Group that may open the socket; who is answered is decided by user. Unless set, `processes.group`.",
        Example = "weir")]
    public string? Group { get; init; }

    [Setting("User that `weir vault` runs as: whoever else answers at the socket is not believed. Unless set, the "
        + "owner of the socket's folder.", Example = "weir-vault")]
    public string? User { get; init; }

    [Setting("User that may have the keys and the intake table in memory: the collector's. Unless set, "
        + "`processes.collector.user`.", Example = "weir")]
    public string? CollectorUser { get; init; }

    [Setting("User that may have the key of an epoch's control cohort: the store's. Unless set, "
        + "`processes.store.user`.", Example = "weir")]
    public string? StoreUser { get; init; }

    [Setting("User that may ask for seals, complaints' names and disclosures, each on its grounds: the desk's. "
        + "Unless set, `processes.desk.user`.", Example = "weir")]
    public string? DeskUser { get; init; }

    [Setting("Users that may have the view of what is held about a line made: privacy officers.", Example = "officer")]
    public IReadOnlyList<string> Officers { get; init; } = [];

    [Setting("Public keys of who signs events: collectors and the store. The vault believes what they signed and "
        + "nobody's word about it; without any, nothing is sealed.")]
    public IReadOnlyList<EventKeyOptions> EventKeys { get; init; } = [];

    [Setting("Complaints that the vault attributes for one reporter of `complaints.reporters` in a day.", Min = "1",
        Max = "1000000")]
    public int ComplaintsADay { get; init; } = 2_000;

    [Setting("Who had an address when, for networks whose addresses are leased or shared. Kept "
        + "by the vault, apart from flows.")]
    public IdentityOptions Identity { get; init; } = new();

    [Setting("How lines are put into a garden and let out again: RADIUS changes of authorization, or a program of the "
        + "provider. Without it the ladder ends at the block.")]
    public WalledGardenOptions Garden { get; init; } = new();

    [Setting("The vault's own router, for routes that match one line: where a line is leaves the vault to it alone. "
        + "Without it no endpoint is closed for one line.")]
    public LineRouteOptions LineRoutes { get; init; } = new();

    [Setting("CSV file of how customers are reached, `line,mail,language,protected,name`, readable by the vault's user "
        + "alone and followed as it changes; see docs/24-notices.md.", Example = "/var/lib/weir-vault/contacts.csv")]
    public string? Contacts { get; init; }

    [Setting("How customers are told of what was found on their line.")]
    public NoticeDeliveryOptions Notices { get; init; } = new();

    [Setting("The page on which people approve by passkeys.")]
    public ApprovalPageOptions Approvals { get; init; } = new();

    [Setting("Where it serves /metrics, /healthz, /readyz and /retention: address:port, or unix:path; nowhere unless set.",
        Example = "127.0.0.1:9464")]
    public string? Monitor { get; init; }

    [Setting("Other machines: where the vault answers them, or where it is asked from this one.")]
    public TlsOptions Tls { get; init; } = new();

    [Setting("Lets the vault run as root: for a trial on one machine alone.")]
    public bool AllowRoot { get; init; }

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("contacts", Contacts);
        faults.AddEmpty("socket", Socket);
        faults.AddEmpty("dir", Dir);
        faults.AddEmpty("group", Group);
        faults.AddEmpty("collector-user", CollectorUser);
        faults.AddEmpty("desk-user", DeskUser);
        if (Notices.Channel is not null && Contacts is null)
        {
            faults.Add("contacts",
                "is missing: with vault.notices.channel the vault must know how customers are reached; name the file");
        }

        if (Socket is { } socket && Encoding.UTF8.GetByteCount(socket) > PeerAddress.LongestSocketPath)
        {
            faults.Add("socket", $"is longer than the {PeerAddress.LongestSocketPath} "
                + "octets a socket's path may have; choose a shorter one");
        }

        if (Garden is { IsSet: true, Script: null } && !Identity.Sources.Any(
            source => source.Kind is IdentityKind.Radius or IdentityKind.RadiusDetail or IdentityKind.RadiusCapture))
        {
            faults.Add("garden", "needs to know a line's sessions, and no source of vault.identity.sources is "
                + "RADIUS accounting; add one, or use vault.garden.script");
        }
    }
}
