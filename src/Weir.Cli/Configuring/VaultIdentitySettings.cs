// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Cli.Configuring;

internal sealed record VaultIdentitySettings
{
    [Setting("File of the identity store, in `vault.dir` unless it is a whole path. Made with mode 0600.")]
    public string Store { get; init; } = "identity.db";

    [Setting("Days that it is kept who had an address.", Min = "1", Max = "7",
        Because = "the ceiling of rule R10 is 7 days")]
    public int RetentionDays { get; init; } = IdentityTableOptions.MaxDays;

    [Setting("Most leases, sessions and port blocks kept; further ones are refused and counted. "
        + "About 300 octets of memory each.", Min = "1000", Max = "50000000")]
    public int MaxHoldings { get; init; } = 8_000_000;

    [Setting("How often NASes send interim accounting. A session that is silent for twice as long counts as ended, its "
        + "stop as lost. 0s learns it from each session, and presumes sessions without interims to go on.",
        Min = "0s", Max = "1d")]
    public TimeSpan InterimInterval { get; init; }

    [Setting("Outside addresses of a carrier's NAT: without a source port nobody is named. Those that port-block "
        + "records name need not stand here.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Shared { get; init; } = [];

    [Setting("Where it is learnt who had an address: RADIUS, lease files, port-block logs, the address plan.")]
    public IReadOnlyList<IdentitySourceSettings> Sources { get; init; } = [];

    [Setting("Carrier's NAT that gives ports by rule and writes no log (RFC 7422). When the settings of the box "
        + "change, end the entry and write a new one.")]
    public IReadOnlyList<DeterministicNatSettings> DeterministicNat { get; init; } = [];
}

internal sealed record IdentitySourceSettings
{
    [Setting("Name shown in counts and messages.", Required = true, Example = "bng-accounting")]
    public string Name { get; init; } = "";

    [Setting("What it is. Files are followed as they grow; `radius-capture` is read once.", Required = true,
        Example = "radius")]
    public IdentityKind Kind { get; init; }

    [Setting("The file, for the kinds that read one.", Example = "/var/lib/kea/kea-leases4.csv")]
    public string? Path { get; init; }

    [Setting("Address and UDP port, for `radius` (127.0.0.1:1813 unless set), `syslog-udp` and `nat-ipfix`.",
        Example = "192.0.2.10:1813")]
    public IPEndPoint? Listen { get; init; }

    [Setting(
        "For `radius`: file of `192.0.2.0/24 secret` lines, one for each network of NASes; not readable by everyone.",
        Example = "/etc/weir/radius.secrets")]
    public string? SecretFile { get; init; }

    [Setting("For `nat-ipfix`: exporters that are listened to; without any, all that reach the socket.",
        Example = "192.0.2.20")]
    public IReadOnlyList<Prefix> Exporters { get; init; } = [];

    [Setting("For RADIUS: the attribute that names the line. A user name is kept as a keyed "
        + "digest, the others as they are.")]
    public SubscriberLineAttribute LineFrom { get; init; }

    [Setting("For syslog: forms of port-block lines beside the built-in ones, tried first.")]
    public IReadOnlyList<SyslogPatternSettings> Patterns { get; init; } = [];

    [Setting("How often a file is looked at.", Min = "1s", Max = "1h")]
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);
}

internal sealed record SyslogPatternSettings
{
    [Setting("Name shown in messages.", Required = true, Example = "our-nat")]
    public string Name { get; init; } = "";

    [Setting("Regular expression with groups outside, first, last or size, inside or line, and alloc or release; time "
        + "where the line's own is not meant.", Required = true, Example = "\"(?<alloc>GIVE)|(?<release>TAKE) "
            + "(?<inside>\\\\S+) (?<outside>\\\\S+) (?<first>\\\\d+)-(?<last>\\\\d+)\"")]
    public string Expression { get; init; } = "";
}

internal sealed record DeterministicNatSettings
{
    [Setting("Inside network, IPv4.", Required = true, Example = "100.64.0.0/20")]
    public Prefix Inside { get; init; }

    [Setting("Outside networks, in the order in which they are filled.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Outside { get; init; } = [];

    [Setting("Outside addresses that are not used.", Example = "198.51.100.0")]
    public IReadOnlyList<Prefix> Excluded { get; init; } = [];

    [Setting("First port given out; those below are reserved.", Min = "1", Max = "65535")]
    public int FirstPort { get; init; } = 1024;

    [Setting("Last port given out.", Min = "1", Max = "65535")]
    public int LastPort { get; init; } = 65_535;

    [Setting("Ports of one inside address; 0 gives as many as there are.", Min = "0", Max = "65535")]
    public int PortsEach { get; init; }

    [Setting("`sequential` fills one outside address after the other, `staggered` deals inside addresses out in turn.")]
    public NatOrder Order { get; init; }

    [Setting("In force since, ISO 8601, UTC; always unless set.", Example = "\"2026-11-01T00:00:00Z\"")]
    public string? From { get; init; }

    [Setting("In force until, ISO 8601, UTC; open unless set.", Example = "\"2026-12-01T00:00:00Z\"")]
    public string? Until { get; init; }
}
