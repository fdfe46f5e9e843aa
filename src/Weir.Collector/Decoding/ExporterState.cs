// SPDX-License-Identifier: Apache-2.0
//
// What is known of one exporter. Counters are plain numbers that only the lane writes; others may read them at any
// time and see a value of a moment ago. Everything received is in exactly one of Clean, Damaged and Dropped.
using System.Runtime.InteropServices;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>One exporter as a lane knows it.</summary>
public sealed class ExporterState
{
    private const int WidestGapOfFlows = 10_000_000;
    private const int WidestGapOfMessages = 100_000;

    private readonly Dictionary<string, long> _faults = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain), AnnouncedRates> _rates = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain, ushort Port), SequenceTracker> _sequences = [];
    private readonly DecodingOptions _options;
    private readonly uint _override;
    private (ExportProtocol Protocol, uint Domain) _ratesKey;
    private AnnouncedRates? _ratesNow;

    internal ExporterState(IpKey address, DecodingOptions options, long nowMs)
    {
        Address = address;
        FirstSeenMs = nowMs;
        LastSeenMs = nowMs;
        _options = options;
        var terms = options.TermsOf(address);
        Role = terms.AtBorder || options.BorderExporters.Contains(address) ? (byte)1 : (byte)0;
        _override = options.SamplingOverrides.GetValueOrDefault(address, terms.Sampling);
        Templates = new TemplateTable(
            (long)options.TemplateLifetime.TotalMilliseconds, options.MaxTemplatesPerExporter,
            options.MaxFieldsPerTemplate);
    }

    public IpKey Address { get; }

    /// <summary>0 = edge, 1 = border.</summary>
    public byte Role { get; }

    public TemplateTable Templates { get; }

    /// <summary>Arrival of the first and the last datagram, milliseconds since the UNIX epoch.</summary>
    public long FirstSeenMs { get; }

    public long LastSeenMs { get; internal set; }

    /// <summary>Protocols heard, one bit each: 1 &lt;&lt; <see cref="ExportProtocol"/>.</summary>
    public int ProtocolsHeard { get; internal set; }

    public long Datagrams { get; internal set; }

    public long Octets { get; internal set; }

    /// <summary>Datagrams in which nothing was wrong.</summary>
    public long Clean { get; internal set; }

    /// <summary>Datagrams that lost a part.</summary>
    public long Damaged { get; internal set; }

    /// <summary>Datagrams, or one message of several in them, that could not be read at all.</summary>
    public long Dropped { get; internal set; }

    public long Messages { get; internal set; }

    public long Flows { get; internal set; }

    /// <summary>Well-formed records and samples that are no flow.</summary>
    public long NotFlows { get; internal set; }

    public long OptionsRecords { get; internal set; }

    public long CounterSamples { get; internal set; }

    public long OtherSamples { get; internal set; }

    public long NotIp { get; internal set; }

    /// <summary>Data sets without their template, and their octets.</summary>
    public long UnknownTemplateSets { get; internal set; }

    public long UnknownTemplateOctets { get; internal set; }

    /// <summary>Flows whose sampling rate nobody told.</summary>
    public long FlowsOfUnknownSampling { get; internal set; }

    /// <summary>Flows that told no time, or an end before their start.</summary>
    public long FlowsWithoutTime { get; internal set; }

    /// <summary>Announcements refused because the table was full.</summary>
    public long RatesRefused { get; internal set; }

    /// <summary>Our clock minus the exporter's, milliseconds, at the last message that told a time.</summary>
    public long ClockSkewMs { get; internal set; }

    /// <summary>Rate and source the last flow was given.</summary>
    public uint SamplingInterval { get; private set; } = 1;

    public SamplingSource SamplingSource { get; private set; }

    /// <summary>Sequence units missing: v9 and sFlow count messages, v5 and IPFIX flow records. A late message gives
    /// its own back.</summary>
    public long Lost { get; internal set; }

    public long SequenceGaps { get; internal set; }

    public long LateMessages { get; internal set; }

    /// <summary>Sequences that began anew: the exporter restarted, or more was lost than can be told from it.</summary>
    public long Restarts { get; internal set; }

    /// <summary>Faults by the rule they broke. Not for other threads while the lane runs: ask
    /// <see cref="Decoder.List"/>.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    internal IEnumerable<SamplingRate> Announced =>
        from domain in _rates
        from rate in domain.Value.All
        select new SamplingRate(
            domain.Key.Domain, rate.Key.Selector, rate.Key.Interface, rate.Value, SamplingSource.Options);

    internal SavedExporter Save() => new(
        Address,
        [.. Templates.All.Select(static template => new KnownTemplate(
            template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray(), template.LearntAtMs,
            template.Records))],
        [.. from domain in _rates
            from rate in domain.Value.All
            select new KnownRate(domain.Key.Protocol, new SamplingAnnouncement(
                domain.Key.Domain, rate.Key.Selector, rate.Key.Interface, rate.Value))],
        [.. Templates.SystemInits.Select(
            static init => new KnownStart(init.Protocol, init.Domain, init.SystemInitMs))]);

    internal void Restore(SavedExporter saved)
    {
        foreach (var template in saved.Templates)
        {
            Templates.ArrivedAtMs = template.LearntAtMs;
            Templates.TryLearn(template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray());
        }

        foreach (var rate in saved.Rates)
        {
            Learn(rate.Protocol, rate.Said);
        }

        foreach (var start in saved.Starts)
        {
            Templates.LearnSystemInit(start.Protocol, start.Domain, start.SystemInitMs);
        }
    }

    internal void CountFault(string rule) => CollectionsMarshal.GetValueRefOrAddDefault(_faults, rule, out _)++;

    /// <summary>Takes a rate from options data, or from a file of an earlier run.</summary>
    internal void Learn(ExportProtocol protocol, in SamplingAnnouncement said)
    {
        var key = (protocol, said.Domain);
        if (!_rates.TryGetValue(key, out var rates) && _rates.Count < _options.MaxRatesPerExporter)
        {
            _rates[key] = rates = new AnnouncedRates(_options.MaxRatesPerExporter);
            _ratesNow = null;
        }

        if (rates is null || !rates.TryLearn(in said))
        {
            RatesRefused++;
        }
    }

    /// <summary>The rate for one flow: the operator's word, then the record's own, then options data,
    /// then the default.</summary>
    internal uint Sampling(in ExportHeader header, in FlowRecord flow)
    {
        if (_override != 0)
        {
            return Set(_override, SamplingSource.Configuration);
        }

        if (flow.SamplingInterval != 0)
        {
            return Set(flow.SamplingInterval, header.Protocol is ExportProtocol.NetFlow5 or ExportProtocol.SFlow5
                ? SamplingSource.Header
                : SamplingSource.Record);
        }

        var announced = Rates(header.Protocol, header.Domain)?.Find(flow.Selector, flow.InputInterface) ?? 0;
        if (announced != 0)
        {
            return Set(announced, SamplingSource.Options);
        }

        if (_options.DefaultSampling != 0)
        {
            return Set(_options.DefaultSampling, SamplingSource.Default);
        }

        FlowsOfUnknownSampling++;
        return Set(1, SamplingSource.Unknown);
    }

    /// <summary>The sequence a message belongs to; where too many are known the longest unused makes room.</summary>
    internal SequenceTracker Track(in ExportHeader header, ushort port)
    {
        var key = (header.Protocol, header.Domain, port);
        if (_sequences.TryGetValue(key, out var track))
        {
            return track;
        }

        if (_sequences.Count >= _options.MaxRatesPerExporter)
        {
            _sequences.Remove(_sequences.MinBy(static known => known.Value.LastUsedMs).Key);
        }

        return _sequences[key] = new SequenceTracker(header.Protocol is ExportProtocol.NetFlow5 or ExportProtocol.Ipfix
            ? WidestGapOfFlows
            : WidestGapOfMessages);
    }

    private uint Set(uint interval, SamplingSource source)
    {
        SamplingInterval = interval;
        SamplingSource = source;
        return interval;
    }

    private AnnouncedRates? Rates(ExportProtocol protocol, uint domain)
    {
        if (_rates.Count == 0)
        {
            return null;
        }

        if (_ratesNow is null || _ratesKey != (protocol, domain))
        {
            _ratesKey = (protocol, domain);
            _ratesNow = _rates.GetValueOrDefault(_ratesKey);
        }

        return _ratesNow;
    }
}
