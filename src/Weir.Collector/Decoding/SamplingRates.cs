// SPDX-License-Identifier: Apache-2.0
//
// Who says at which rate an exporter samples (ADR 0011). Options data speak for a session and an observation domain; a
// sampler that the flow's own domain does not know is looked for in the exporter's other sessions and domains, and
// taken where they agree: line cards and supervisors announce it once for all.
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>The rates of one exporter.</summary>
internal sealed class SamplingRates(DecodingOptions options)
{
    private const int MaxSeen = 64;

    private readonly record struct RateScope(ExportProtocol Protocol, uint Domain, ushort Port);

    private readonly Dictionary<RateScope, AnnouncedRates> _announced = [];
    private readonly List<(uint Interval, SamplingSource Source)> _seen = [];
    private RateScope _scope;
    private AnnouncedRates? _own;
    private (RateScope Scope, uint Selector, uint Input) _elsewhereKey;
    private uint _elsewhere;
    private bool _hasElsewhere;

    /// <summary>What the operator says; wins over all, 0 says nothing.</summary>
    public uint Override { get; set; }

    /// <summary>Rate and source the last flow was given.</summary>
    public uint Interval { get; private set; } = 1;

    public SamplingSource Source { get; private set; }

    /// <summary>Announcements refused because the table was full.</summary>
    public long Refused { get; private set; }

    /// <summary>What the same inputs announced when they were read before; null where they are read once.</summary>
    public SamplingRates? ReadBefore { get; set; }

    /// <summary>Every rate that flows were given, at most 64, in the order first seen.</summary>
    public IReadOnlyList<(uint Interval, SamplingSource Source)> Seen => _seen;

    public IEnumerable<SamplingRate> Announced =>
        from scope in _announced
        from rate in scope.Value.All
        select new SamplingRate(
            scope.Key.Domain, rate.Key.Selector, rate.Key.Interface, rate.Value, SamplingSource.Options);

    public IEnumerable<KnownRate> Save() =>
        from scope in _announced
        from rate in scope.Value.All
        select new KnownRate(
            scope.Key.Protocol,
            new SamplingAnnouncement(scope.Key.Domain, rate.Key.Selector, rate.Key.Interface, rate.Value),
            scope.Key.Port);

    /// <summary>Takes a rate from options data, or from a file of an earlier run.</summary>
    public void Learn(ExportProtocol protocol, in SamplingAnnouncement said, ushort port)
    {
        var scope = new RateScope(protocol, said.Domain, port);
        if (!_announced.TryGetValue(scope, out var rates) && _announced.Count < options.MaxRatesPerExporter)
        {
            _announced[scope] = rates = new AnnouncedRates(options.MaxRatesPerExporter);
            _own = null;
        }

        _hasElsewhere = false;
        if (rates is null || !rates.TryLearn(in said))
        {
            Refused++;
        }
    }

    /// <summary>Forgets what a session announced that is over.</summary>
    public void EndSession(ushort port)
    {
        foreach (var scope in _announced.Keys.Where(scope => scope.Port == port).ToList())
        {
            _ = _announced.Remove(scope);
        }

        (_own, _hasElsewhere) = (null, false);
    }

    /// <summary>The rate for one flow: the operator's word, then the record's own, then options data,
    /// then the default.</summary>
    public uint RateOf(in ExportHeader header, ushort port, in FlowRecord flow)
    {
        if (Override != 0)
        {
            return Set(Override, SamplingSource.Configuration);
        }

        if (flow.SamplingInterval != 0)
        {
            return Set(flow.SamplingInterval, ExportProtocols.Traits(header.Protocol).RateInHeader
                ? SamplingSource.Header
                : SamplingSource.Record);
        }

        var announced = FromOptions(new RateScope(header.Protocol, header.Domain, port), in flow);
        if (announced != 0)
        {
            return Set(announced, SamplingSource.Options);
        }

        if (options.DefaultSampling != 0)
        {
            return Set(options.DefaultSampling, SamplingSource.Default);
        }

        return Set(1, SamplingSource.Unknown);
    }

    private uint FromOptions(RateScope scope, in FlowRecord flow)
    {
        if (_announced.Count == 0)
        {
            return ReadBefore?.FromOptions(scope, in flow) ?? 0;
        }

        if (_own is null || _scope != scope)
        {
            (_scope, _own) = (scope, _announced.GetValueOrDefault(scope) ?? AnnouncedRates.None);
        }

        var own = _own.Find(flow.Selector, flow.InputInterface);
        return own != 0 ? own : Elsewhere(scope, in flow);
    }

    private uint Elsewhere(RateScope scope, in FlowRecord flow)
    {
        var key = (scope, flow.Selector, flow.InputInterface);
        if (!_hasElsewhere || _elsewhereKey != key)
        {
            var found = Agreed(other => other.Domain == scope.Domain && other.Protocol == scope.Protocol, in flow);
            found = found != 0 ? found : Agreed(static _ => true, in flow);
            found = found != 0 ? found : ReadBefore?.FromOptions(scope, in flow) ?? 0;
            (_elsewhereKey, _elsewhere, _hasElsewhere) = (key, found, true);
        }

        return _elsewhere;
    }

    /// <summary>What all scopes that know the flow's sampler say; 0 where they differ.</summary>
    private uint Agreed(Func<RateScope, bool> isAsked, in FlowRecord flow)
    {
        uint agreed = 0;
        foreach (var (scope, rates) in _announced)
        {
            var said = isAsked(scope) ? rates.Find(flow.Selector, flow.InputInterface) : 0;
            if (said != 0 && agreed != 0 && said != agreed)
            {
                return 0;
            }

            agreed = said != 0 ? said : agreed;
        }

        return agreed;
    }

    private uint Set(uint interval, SamplingSource source)
    {
        if (interval != Interval || source != Source || _seen.Count == 0)
        {
            (Interval, Source) = (interval, source);
            if (_seen.Count < MaxSeen && !_seen.Contains((interval, source)))
            {
                _seen.Add((interval, source));
            }
        }

        return interval;
    }
}
