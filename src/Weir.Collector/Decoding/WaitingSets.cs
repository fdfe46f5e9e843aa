// SPDX-License-Identifier: Apache-2.0
//
// Data that came before its template (RFC 7011 §8: a collector should store it for a while). Over UDP the template
// comes again within minutes; until then the octets wait, in a bound for the whole process and for a bounded time. What
// is given up stays counted as data without its template.
using System.Globalization;
using Weir.Collector.Corroborating;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>One data set that waits.</summary>
/// <param name="Header">Of the message it came in.</param>
/// <param name="Port">UDP source port.</param>
/// <param name="TemplateId">The set's id.</param>
/// <param name="Octets">What follows the set's header.</param>
/// <param name="ArrivedAtMs">When it came.</param>
/// <param name="Standing">What its message is worth as grounds.</param>
/// <param name="Newcomer">Its stream, where that has no standing.</param>
/// <param name="IsNumbered">Its message has its place in a sequence that was followed.</param>
internal sealed record WaitingSet(
    ExportHeader Header, ushort Port, ushort TemplateId, byte[] Octets, long ArrivedAtMs, FlowStanding Standing,
    ExportStream? Newcomer = null, bool IsNumbered = true);

/// <summary>The sets of one exporter that wait, oldest first.</summary>
/// <param name="budget">Octets that may wait, for all exporters of a process together.</param>
/// <param name="waitMs">How long they do.</param>
internal sealed class WaitingSets(SharedBudget budget, long waitMs)
{
    private Queue<WaitingSet> _sets = new();

    public int Count => _sets.Count;

    /// <summary>Sets given up: too old, or no room.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Keeps a set; where there is no room, older ones of the same exporter make it.</summary>
    public void Add(WaitingSet set)
    {
        GiveUpBefore(set.ArrivedAtMs - waitMs);
        while (!budget.TryTake(set.Octets.Length))
        {
            if (_sets.Count == 0)
            {
                GivenUp++;
                return;
            }

            GiveUp();
        }

        _sets.Enqueue(set);
    }

    /// <summary>Domain and id of the templates that are waited for, at most sixteen.</summary>
    public IReadOnlyList<string> Templates() =>
    [
        .. _sets.Select(static set => string.Create(
            CultureInfo.InvariantCulture, $"{set.Header.Domain}/{set.TemplateId}")).Distinct().Take(16),
    ];

    /// <summary>All sets that wait; those that still cannot be read come back by <see cref="Add"/>.</summary>
    public Queue<WaitingSet> TakeAll()
    {
        var taken = _sets;
        _sets = new Queue<WaitingSet>();
        foreach (var set in taken)
        {
            budget.Return(set.Octets.Length);
        }

        return taken;
    }

    public void GiveUpBefore(long arrivedAtMs)
    {
        while (_sets.TryPeek(out var oldest) && oldest.ArrivedAtMs < arrivedAtMs)
        {
            GiveUp();
        }
    }

    /// <summary>Those of a session that is over.</summary>
    public void GiveUpOf(ushort session)
    {
        for (var left = _sets.Count; left > 0; left--)
        {
            if (_sets.Peek().Port == session)
            {
                GiveUp();
            }
            else
            {
                _sets.Enqueue(_sets.Dequeue());
            }
        }
    }

    private void GiveUp()
    {
        budget.Return(_sets.Dequeue().Octets.Length);
        GivenUp++;
    }
}

/// <summary>What of an observation domain lacks its template.</summary>
/// <param name="Domain">Observation domain (IPFIX), source id (v9); null for several together.</param>
/// <param name="Sets">Data sets.</param>
/// <param name="Records">Records (IPFIX) in them, as sequence numbers tell.</param>
public readonly record struct DomainUnread(uint? Domain, long Sets, long Records);

/// <summary>Data of one exporter that lacks its template, by observation domain: a router's cards and its software
/// export under one address, and what is amiss with one of them is not amiss with the others. For one thread.</summary>
/// <param name="most">Domains that are told apart; what is of more is counted together.</param>
internal sealed class UnreadDomains(int most)
{
    /// <summary>Domains that are listed one by one.</summary>
    private const int Listed = 64;

    private readonly Dictionary<uint, DomainUnread> _domains = [];
    private DomainUnread _others;

    public void Add(uint domain, long sets, long records)
    {
        if (_domains.TryGetValue(domain, out var known) || _domains.Count < most)
        {
            _domains[domain] = new(domain, known.Sets + sets, known.Records + records);
        }
        else
        {
            _others = new(null, _others.Sets + sets, _others.Records + records);
        }
    }

    /// <summary>Those with something unread, most sets first; the rest together.</summary>
    public IReadOnlyList<DomainUnread> List()
    {
        var ordered = _domains.Values.Append(_others).Where(static one => one is not { Sets: 0, Records: 0 })
            .OrderBy(static one => one.Domain is null).ThenByDescending(static one => one.Sets)
            .ThenBy(static one => one.Domain).ToList();
        return ordered.Count <= Listed ? ordered :
        [
            .. ordered.Take(Listed),
            new(null, ordered.Skip(Listed).Sum(static one => one.Sets),
                ordered.Skip(Listed).Sum(static one => one.Records)),
        ];
    }
}
