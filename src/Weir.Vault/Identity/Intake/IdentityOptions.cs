// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>What a source of identity is.</summary>
public enum IdentityKind : byte
{
    /// <summary>RADIUS accounting over UDP (RFC 2866).</summary>
    Radius,

    /// <summary>A pcap capture of RADIUS accounting, read once.</summary>
    RadiusCapture,

    /// <summary>A "detail" file of a RADIUS server, followed.</summary>
    RadiusDetail,

    /// <summary>A Kea lease file (CSV, IPv4 or IPv6), followed.</summary>
    Kea,

    /// <summary>An ISC dhcpd.leases file, followed.</summary>
    Isc,

    /// <summary>Port blocks as CSV, followed.</summary>
    PortBlocks,

    /// <summary>A file of syslog lines with port blocks, followed.</summary>
    Syslog,

    /// <summary>Syslog over UDP (RFC 5426).</summary>
    SyslogUdp,

    /// <summary>Translation events over IPFIX or NetFlow v9 (RFC 8158).</summary>
    NatIpfix,

    /// <summary>The address plan as CSV, read again when it changes.</summary>
    Plan,
}

/// <summary>Who had an address when; the section <c>vault.identity</c>.</summary>
public sealed record IdentityOptions : IdentityTableOptions
{
    [Setting("File of the identity store, in `vault.dir` unless it is a whole path. Made with mode 0600.")]
    public string? Store { get; init; } = "identity.db";

    [Setting("How often NASes send interim accounting. A session that is silent for twice as long counts as ended, its "
        + "stop as lost. 0s learns it from each session, and presumes sessions without interims to go on.",
        Min = "0s", Max = "1d")]
    public TimeSpan InterimInterval { get; init; }

    [Setting("Where it is learnt who had an address: RADIUS, lease files, port-block logs, the address plan.")]
    public IReadOnlyList<IdentitySourceOptions> Sources { get; init; } = [];

    /// <summary>How long the same request is known again.</summary>
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Keeps, sealed, what a NAS needs to find a session again: where a garden is configured.</summary>
    public bool KeepsSessions { get; init; }

    public override void Validate(SectionFaults faults)
    {
        base.Validate(faults);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, source) in Sources.Index())
        {
            if (!names.Add(source.Name))
            {
                faults.Add($"sources[{i}]", $"repeats the name {source.Name}; give it one of its own");
            }
        }
    }
}

/// <summary>One source.</summary>
public sealed record IdentitySourceOptions : ISection
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
        Example = "/etc/weir/radius.secrets", IsSecretFile = true)]
    public string? SecretFile { get; init; }

    [Setting("For `nat-ipfix`: exporters that are listened to; without any, all that reach the socket.",
        Example = "192.0.2.20")]
    public IReadOnlyList<Prefix> Exporters { get; init; } = [];

    [Setting("For RADIUS: the attribute that names the line. A user name is kept as a keyed "
        + "digest, the others as they are.")]
    public SubscriberLineAttribute LineFrom { get; init; }

    [Setting("For syslog: forms of port-block lines beside the built-in ones, tried first.")]
    public IReadOnlyList<SyslogPatternOptions> Patterns { get; init; } = [];

    [Setting("How often a file is looked at.", Min = "1s", Max = "1h")]
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    public void Validate(SectionFaults faults)
    {
        var listens = Kind is IdentityKind.Radius or IdentityKind.SyslogUdp or IdentityKind.NatIpfix;
        if (!listens && string.IsNullOrWhiteSpace(Path))
        {
            faults.Add("", "reads a file and names none; add `path: ...`");
        }

        if (listens && Path is not null)
        {
            faults.Add("", "listens and has no use for a path; take it out");
        }

        if (Kind == IdentityKind.Radius && SecretFile is null)
        {
            faults.Add("", "takes RADIUS and has no secret-file; name a file of `192.0.2.0/24 secret` lines");
        }

        foreach (var pattern in Patterns)
        {
            try
            {
                _ = new SyslogPattern(pattern.Name, pattern.Expression);
            }
            catch (IdentityException wrong)
            {
                faults.Add("patterns", $"is wrong: {wrong.Message}");
            }
        }
    }
}

/// <summary>A form of port-block lines.</summary>
public sealed record SyslogPatternOptions
{
    [Setting("Name shown in messages.", Required = true, Example = "our-nat")]
    public string Name { get; init; } = "";

    [Setting("Regular expression with groups outside, first, last or size, inside or line, and alloc or release; time "
        + "where the line's own is not meant.", Required = true, Example = "\"(?<alloc>GIVE)|(?<release>TAKE) "
            + "(?<inside>\\\\S+) (?<outside>\\\\S+) (?<first>\\\\d+)-(?<last>\\\\d+)\"")]
    public string Expression { get; init; } = "";
}
