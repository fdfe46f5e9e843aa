// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Who told a sampling rate. Ordered: the larger value is believed first.</summary>
public enum SamplingSource : byte
{
    /// <summary>Nobody: flows are taken as unsampled.</summary>
    Unknown,

    /// <summary>The operator's default for exporters that say nothing.</summary>
    Default,

    /// <summary>Options data of the exporter.</summary>
    Options,

    /// <summary>The flow record itself.</summary>
    Record,

    /// <summary>The header of the message (v5) or of the sample (sFlow).</summary>
    Header,

    /// <summary>The operator, for this exporter.</summary>
    Configuration,
}

/// <summary>One sampling rate in force.</summary>
/// <param name="Domain">Observation domain.</param>
/// <param name="Selector">Sampler or selector; 0 = the whole domain.</param>
/// <param name="Interface">SNMP index; 0 = all.</param>
/// <param name="Interval">One in so many packets.</param>
/// <param name="Source">Who told it.</param>
public readonly record struct SamplingRate(
    uint Domain, uint Selector, uint Interface, uint Interval, SamplingSource Source);

/// <summary>The rates one observation domain announced in options data.</summary>
internal sealed class AnnouncedRates(int capacity)
{
    /// <summary>From here on selectors stand for a rate of one template, as options data tell it.</summary>
    private const uint OwnOfTemplate = 0xFFFF_0000;

    /// <summary>Of a domain that announced nothing.</summary>
    public static readonly AnnouncedRates None = new(0);

    private readonly Dictionary<(uint Selector, uint Interface), uint> _rates = [];

    /// <summary>Rates of a scope that no flow names, by that scope.</summary>
    private readonly Dictionary<(uint Selector, uint Interface, uint Other), uint> _others = [];
    private bool _byInterface;
    private uint _common;
    private (uint Selector, uint Interface) _lastKey;
    private uint _lastInterval;
    private bool _hasLast;

    public IEnumerable<KeyValuePair<(uint Selector, uint Interface), uint>> All =>
        _rates.Where(static rate => rate.Value != 0);

    /// <summary>Takes an announcement; false where it is new and the table is full.</summary>
    public bool TryLearn(in SamplingAnnouncement said)
    {
        var key = (said.Selector, said.Interface);
        var interval = said.Interval;
        if (said.Other != 0 && !TryAgree(in said, out interval))
        {
            return false;
        }

        if (_rates.TryGetValue(key, out var known) ? known == interval : _rates.Count >= capacity)
        {
            return _rates.ContainsKey(key);
        }

        _rates[key] = interval;
        _byInterface |= said.Interface != 0;
        _common = Common();
        _hasLast = false;
        return true;
    }

    /// <summary>What all scopes say that no flow names, of one sampler and interface; 0 where they differ, since nobody
    /// knows which is meant.</summary>
    /// <returns>False where it is new and the table is full.</returns>
    private bool TryAgree(in SamplingAnnouncement said, out uint interval)
    {
        var key = (said.Selector, said.Interface, said.Other);
        interval = said.Interval;
        if (_others.TryGetValue(key, out var told) ? told == interval : _others.Count >= capacity)
        {
            return _rates.TryGetValue((said.Selector, said.Interface), out interval) && told != 0;
        }

        _others[key] = interval;
        foreach (var ((selector, input, _), other) in _others)
        {
            if (selector == said.Selector && input == said.Interface && other != interval)
            {
                interval = 0;
                break;
            }
        }

        return true;
    }

    /// <summary>
    /// The interval for a record; 0 = not announced. The nearest scope wins: selector and interface, selector,
    /// interface, domain. A record that names no selector takes what all selectors have in common, if they do.
    /// </summary>
    public uint Find(uint selector, uint input)
    {
        if (_rates.Count == 0)
        {
            return 0;
        }

        var key = (selector, _byInterface ? input : 0);
        if (_hasLast && _lastKey == key)
        {
            return _lastInterval;
        }

        if (!_rates.TryGetValue(key, out var interval)
            && !_rates.TryGetValue((selector, 0), out interval)
            && !_rates.TryGetValue((0, key.Item2), out interval)
            && !_rates.TryGetValue((0, 0), out interval)
            && (selector == 0 || selector >= OwnOfTemplate))
        {
            // A template whose own rate nobody announced, or that is forgotten, goes by what all agree on.
            interval = _common;
        }

        (_lastKey, _lastInterval, _hasLast) = (key, interval, true);
        return interval;
    }

    /// <summary>The interval every announcement agrees on; 0 where they differ or one is for an
    /// interface alone.</summary>
    private uint Common()
    {
        uint common = 0;
        foreach (var ((_, input), interval) in _rates)
        {
            if (interval == 0 || input != 0 || (common != 0 && interval != common))
            {
                return 0;
            }

            common = interval;
        }

        return common;
    }
}
