// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel.DataAnnotations;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Settings of the decode stage.</summary>
public sealed class DecodingOptions
{
    /// <summary>How long a template that is not heard again is kept, 1 min to 30 d. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan TemplateLifetime { get; init; } = TimeSpan.FromHours(24);

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

    /// <summary>One in so many packets by exporter, whatever the exporter says itself.</summary>
    public IReadOnlyDictionary<IpKey, uint> SamplingOverrides { get; init; } = new Dictionary<IpKey, uint>();

    /// <summary>How far the end of a flow may lie from its export; further, the export time stands in. Default 90 min:
    /// an active timeout of half an hour, and an hour.</summary>
    public TimeSpan MaxFlowAge { get; init; } = TimeSpan.FromMinutes(90);

    /// <summary>How far an exporter's clock may be from ours; further, arrival stands in for it. Null = only a clock that
    /// lost its year is not believed, as for files, whose captures may be of any time.</summary>
    public TimeSpan? ClockTolerance { get; init; }

    /// <summary>Which of two headers tells a flow, where one packet carries another.</summary>
    public TunnelPreference Tunnels { get; init; }

    /// <summary>Octets of data that wait for their templates, for all lanes together. Default 64 MiB.</summary>
    [Range(0L, 1L << 40)]
    public long MaxWaitingOctets
    {
        get;
        init => (field, Waiting) = (value, new WaitingBudget(value));
    } = DefaultWaitingOctets;

    /// <summary>How long they wait. Default 10 min.</summary>
    public TimeSpan WaitForTemplate { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the lanes with these options have waiting.</summary>
    internal WaitingBudget Waiting { get; private init; } = new(DefaultWaitingOctets);

    /// <summary>Exporters at the border; all others stand at the edge. A flow seen by both counts once
    /// (weir.md section 6).</summary>
    public IReadOnlySet<IpKey> BorderExporters { get; init; } = new HashSet<IpKey>();

    /// <summary>The same for whole networks of exporters; the longest match counts, and what names a single
    /// address above wins.</summary>
    public IReadOnlyList<ExporterOptions> Terms { get; init; } = [];

    private const long DefaultWaitingOctets = 64L << 20;

    internal ExporterOptions TermsOf(IpKey exporter)
    {
        var best = default(ExporterOptions);
        foreach (var terms in Terms)
        {
            if (terms.Exporters.IsV4 == exporter.IsV4 && terms.Exporters.Contains(exporter)
                && (best == default || terms.Exporters.Length > best.Exporters.Length))
            {
                best = terms;
            }
        }

        return best;
    }
}

/// <summary>Which of two headers tells a flow, where one packet carries another.</summary>
public enum TunnelPreference : byte
{
    /// <summary>The inner one of IP in IP, segment routing and GRE, unless an outer end is a subscriber: a tunnel of his
    /// own could claim anything. The outer one of VXLAN and GTP-U, which are told by a port alone.</summary>
    Usual,

    /// <summary>The outer one always.</summary>
    Outer,

    /// <summary>The inner one wherever it is whole.</summary>
    Inner,
}

/// <summary>What is known about exporters that they do not tell themselves.</summary>
/// <param name="Exporters">An exporter's address, or a network of exporters.</param>
/// <param name="Sampling">One packet in so many, whatever they say themselves; 0 = believe them.</param>
/// <param name="AtBorder">They stand at the border, not at the edge.</param>
public readonly record struct ExporterOptions(Prefix Exporters, uint Sampling, bool AtBorder);
