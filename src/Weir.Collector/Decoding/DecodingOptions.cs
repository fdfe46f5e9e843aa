// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel.DataAnnotations;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Settings of the decode stage; the section <c>decoding</c>.</summary>
public sealed record DecodingOptions : ISection
{
    private const long DefaultWaitingOctets = 64L << 20;

    private readonly PrefixTable<ExporterOptions> _terms = new([]);

    /// <summary>For files, whose captures may be of any time: only a clock that lost its year is not
    /// believed.</summary>
    public static DecodingOptions OfFiles => new()
    {
        TemplateLifetime = TimeSpan.FromHours(24),
        ActiveTimeout = TimeSpan.FromMinutes(30),
        ClockTolerance = null,
    };

    [Setting("How long a template is believed after it was last sent. Three times the exporters' refresh is a good "
        + "choice; 30 minutes is the common refresh.", Min = "1m", Max = "1d")]
    public TimeSpan TemplateLifetime { get; init; } = TimeSpan.FromMinutes(90);

    [Setting("How long exporters hold a running flow before they export it. Contacts are judged this much later, and a "
        + "longer one here costs nothing but time.", Min = "1s", Max = "1h")]
    public TimeSpan ActiveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    [Setting("How far an exporter's clock may be from ours. Beyond it the time of arrival stands for its flows, which "
        + "is said in health.", Min = "1h", Max = "30d")]
    public TimeSpan? ClockTolerance { get; init; } = TimeSpan.FromDays(7);

    [Setting("Which header tells a flow where one packet carries another. `usual`: the inner of IP in IP, segment "
        + "routing and GRE unless an outer end is a subscriber, the outer of VXLAN and GTP-U. `outer`, `inner`: always.")]
    public TunnelPreference Tunnels { get; init; } = TunnelPreference.Usual;

    [Setting("File that keeps templates and sampling rates across a restart.")]
    public string TemplateFile { get; init; } = "/var/lib/weir/templates";

    [Setting("What the exporters do not tell themselves.")]
    public IReadOnlyList<ExporterOptions> Exporters
    {
        get;
        init => (field, _terms) = (value, new(value.Select(one => (one.Address, one))));
    } = [];

    /// <summary>Templates kept for one exporter. Default 4,096.</summary>
    [Range(16, 65_536)]
    public int MaxTemplatesPerExporter { get; init; } = 4_096;

    /// <summary>Fields of one template. Default 1,024.</summary>
    [Range(16, 16_384)]
    public int MaxFieldsPerTemplate { get; init; } = 1_024;

    /// <summary>Exporters a lane keeps; datagrams of further ones are refused and counted. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxExporters { get; init; } = 10_000;

    /// <summary>Sampling rates, and sequences, kept for one exporter. Default 4,096.</summary>
    [Range(16, 65_536)]
    public int MaxRatesPerExporter { get; init; } = 4_096;

    /// <summary>One in so many packets where nothing says otherwise; 0 = take it as unsampled and call it
    /// unknown. Default 0.</summary>
    public uint DefaultSampling { get; init; }

    /// <summary>Whether a port stands for a connection, with which its templates live and die (RFC 7011 §8). False for
    /// datagrams.</summary>
    internal bool Sessions { get; init; }

    /// <summary>How far the end of a flow may lie from its export; further, the export time stands in.</summary>
    public TimeSpan MaxFlowAge => ActiveTimeout + TimeSpan.FromHours(1);

    /// <summary>Octets of data that wait for their templates, for all lanes together. Default 64 MiB.</summary>
    [Range(0L, 1L << 40)]
    public long MaxWaitingOctets
    {
        get;
        init => (field, Waiting, DoubtedWaiting) = (value, new SharedBudget(value), new SharedBudget(value / 4));
    } = DefaultWaitingOctets;

    /// <summary>How long they wait. Default 10 min.</summary>
    public TimeSpan WaitForTemplate { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the lanes with these options have waiting.</summary>
    internal SharedBudget Waiting { get; private init; } = new(DefaultWaitingOctets);

    /// <summary>For streams without standing: they displace nothing of those that have it.</summary>
    internal SharedBudget DoubtedWaiting { get; private init; } = new(DefaultWaitingOctets / 4);

    /// <summary>Fields of templates that are kept for all exporters together, beyond what each may have in any case.
    /// </summary>
    internal SharedBudget TemplateFields { get; init; } = new(4L << 20);

    /// <summary>What streams without standing teach, for all of them together: how many are listened to, and fields of
    /// their templates.</summary>
    internal SharedBudget Newcomers { get; init; } = new(4_096);

    internal SharedBudget NewcomerFields { get; init; } = new(256L << 10);

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("template-file", TemplateFile);
        faults.AddTwice("exporters", Exporters, exporter => exporter.Address.ToString());
    }

    /// <summary>What is said of an exporter; the longest match counts. Null where nothing is.</summary>
    internal ExporterOptions? TermsOf(IpKey exporter) => _terms.Find(exporter);
}

/// <summary>Which of two headers tells a flow, where one packet carries another.</summary>
public enum TunnelPreference : byte
{
    /// <summary>The inner one of IP in IP, segment routing and GRE, unless an outer end is a subscriber: a tunnel of
    /// his own could claim anything. The outer one of VXLAN and GTP-U, which are told by a port alone.</summary>
    Usual,

    /// <summary>The outer one always.</summary>
    Outer,

    /// <summary>The inner one wherever it is whole.</summary>
    Inner,
}

/// <summary>What is known about exporters that they do not tell themselves.</summary>
public sealed record ExporterOptions
{
    [Setting("The exporter's address, or a network of exporters; the longest match counts.", Required = true,
        Example = "192.0.2.1")]
    public Prefix Address { get; init; }

    [Setting("Name shown beside the address.", Example = "edge-1")]
    public string Name { get; init; } = "";

    [Setting("Packets per sampled packet; wins over what the exporter says. 0 believes the exporter.",
        Min = "0", Max = "16777216")]
    public uint Sampling { get; init; }

    [Setting("`edge` faces subscribers, `border` faces the world: a flow seen by both counts once.")]
    public ExporterRole Role { get; init; } = ExporterRole.Edge;

    [Setting("SNMP indices of its interfaces that face subscribers: a foreign source coming in there "
        + "is counted as spoofed (BCP 38).", Min = "1", Max = "4294967295")]
    public IReadOnlyList<uint> SubscriberInterfaces { get; init; } = [];
}

/// <summary>Where an exporter stands.</summary>
public enum ExporterRole : byte
{
    /// <summary>It faces subscribers.</summary>
    Edge,

    /// <summary>It faces the world: a flow seen there and at the edge counts once (ADR 0038).</summary>
    Border,
}

/// <summary>What a preference means for one packet.</summary>
internal static class TunnelPreferences
{
    /// <summary>Whether the inner header tells the flow.</summary>
    /// <param name="preference">As configured.</param>
    /// <param name="form">How the one carries the other.</param>
    /// <param name="source">Of the outer header.</param>
    /// <param name="destination">Of the outer header.</param>
    /// <param name="isOwn">Whether an address is a subscriber's; null where nobody knows.</param>
    public static bool WantsInner(
        this TunnelPreference preference, TunnelForm form, IpKey source, IpKey destination,
        Func<IpKey, bool>? isOwn) => preference switch
        {
            TunnelPreference.Inner => true,
            TunnelPreference.Outer => false,
            _ => form is not (TunnelForm.Vxlan or TunnelForm.GtpU)
                && !(isOwn is not null && (isOwn(source) || isOwn(destination))),
        };
}
