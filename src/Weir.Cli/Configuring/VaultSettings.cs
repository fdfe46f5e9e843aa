// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record VaultSettings : ISection
{
    [Setting("Unix socket of a vault that runs by itself, under a user of its own: the process that alone knows the way "
        + "from a pseudonym to a person. Without it `weir serve` starts one as its child, under its own user.",
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
    public IReadOnlyList<EventKeySettings> EventKeys { get; init; } = [];

    [Setting("Complaints that the vault attributes for one reporter of `complaints.reporters` in a day.", Min = "1",
        Max = "1000000")]
    public int ComplaintsADay { get; init; } = 2_000;

    [Setting("Who had an address when, for networks whose addresses are leased or shared. Kept "
        + "by the vault, apart from flows.")]
    public VaultIdentitySettings Identity { get; init; } = new();

    [Setting("How lines are put into a garden and let out again: RADIUS changes of authorization, or a program of the "
        + "provider. Without it the ladder ends at the block.")]
    public VaultGardenSettings Garden { get; init; } = new();

    [Setting("The vault's own router, for routes that match one line: where a line is leaves the vault to it alone. "
        + "Without it no endpoint is closed for one line.")]
    public LineRouteSettings LineRoutes { get; init; } = new();

    [Setting("CSV file of how customers are reached, `line,mail,language,protected,name`, readable by the vault's user "
        + "alone and followed as it changes; see docs/24-notices.md.", Example = "/var/lib/weir-vault/contacts.csv")]
    public string? Contacts { get; init; }

    [Setting("How customers are told of what was found on their line.")]
    public VaultNoticeSettings Notices { get; init; } = new();

    [Setting("Where it serves /metrics, /healthz and /readyz: address:port, or unix:path; nowhere unless set.",
        Example = "127.0.0.1:9464")]
    public string? Monitor { get; init; }

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
        var notices = Notices;
        if (notices.Channel is null)
        {
            return;
        }

        if (Contacts is null)
        {
            faults.Add("contacts",
                "is missing: with vault.notices.channel the vault must know how customers are reached; name the file");
        }

        (string Key, string? Text)[] needed =
        [
            ("provider", notices.Provider), ("phone", notices.Phone), ("page", notices.Page?.OriginalString),
            .. notices.Channel switch
            {
                NoticeChannel.Mail => [("mail.from", notices.Mail.From), ("mail.host", notices.Mail.Host)],
                NoticeChannel.Webhook => [("webhook.address", notices.Webhook.Address?.OriginalString)],
                _ => new (string, string?)[] { ("script.program", notices.Script.Program) },
            },
        ];
        foreach (var (key, text) in needed)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                faults.Add($"notices.{key}", "is missing: a notice says who sends it, whom to call and where "
                    + "to make sure, and needs a way to go; write it");
            }
        }

        if (notices.Mail.From is { Length: > 0 } from && !MailBox.TryParse(from, out _))
        {
            faults.Add("notices.mail.from", $"is '{from}', which is no address; write one such as abuse@example.net");
        }

        if (notices.Mail is { User: not null, PasswordFile: null })
        {
            faults.Add("notices.mail.password-file",
                "is missing, and the user needs a password; name the file whose first line it is");
        }
    }
}

internal sealed record LineRouteSettings
{
    [Setting("gRPC address of a GoBGP that exports only: `127.0.0.1:50051`, or `unix:/path` for a socket.",
        Example = "unix:/run/weir-vault/gobgp.sock")]
    public Weir.Hosting.GoBgp.GoBgpAddress? Gobgp { get; init; }

    [Setting("The provider's AS number; needed with `gobgp`.", Min = "1", Max = "4294967295", Example = "64500")]
    public long? Asn { get; init; }

    [Setting("Which Weir this is, where several announce into one GoBGP; another than `blocking.instance`.", Min = "1",
        Max = "4294967295")]
    public long Instance { get; init; } = 2;

    [Setting("Routes of lines that begin within an hour.", Min = "1", Max = "100000")]
    public int MostAnHour { get; init; } = 100;
}

/// <summary>What the holder of an event key is.</summary>
internal enum EventKeyRole
{
    Collector,
    Store,
}

internal sealed record EventKeySettings
{
    [Setting("Name of its holder.", Required = true, Example = "collector")]
    public string Name { get; init; } = "";

    [Setting("What its holder is.")]
    public EventKeyRole Role { get; init; }

    [Setting("The key, as its holder logs it at the start.",
        Example = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public string? Key { get; init; }

    [Setting("File that the key stands in, instead; read when it is there.",
        Example = "/var/lib/weir/cases/event-keys/collector.pub")]
    public string? File { get; init; }
}
