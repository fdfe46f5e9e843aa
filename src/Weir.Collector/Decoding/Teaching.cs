// SPDX-License-Identifier: Apache-2.0
//
// What one stream without standing taught: templates, rates, which interfaces tell what comes in, last totals. It
// serves that stream alone, which asks what the exporter is known to have taught where it said nothing itself; when the
// stream has earned its standing, all of it is the exporter's (rules.md R21, ADR 0059).
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>What a sender taught us.</summary>
/// <param name="options">Bounds.</param>
/// <param name="budget">Fields of templates that may be kept, with others of its kind together.</param>
/// <param name="free">Fields that it may keep in any case.</param>
internal sealed class Teaching(DecodingOptions options, SharedBudget budget, int free)
{
    private const int MaxInterfaces = 65_536;
    private const int MaxInterfacesAside = 1_024;
    private const int RatesAside = 32;
    private const int FieldsOfEach = 1_024;

    private readonly int _maxInterfaces = free > 0 ? MaxInterfaces : MaxInterfacesAside;

    private readonly HashSet<uint> _ingressInterfaces = [];
    private uint? _lastIngress;
    private RunningTotals? _totals;
    private long _askedAt;

    public TemplateTable Templates { get; } = new(
        options.Sessions ? 0 : (long)options.TemplateLifetime.TotalMilliseconds, options.MaxTemplatesPerExporter,
        options.MaxFieldsPerTemplate, budget, free)
    {
        Borrows = !options.Sessions,
    };

    public SamplingRates Rates { get; } = new(options);

    /// <summary>Of an exporter: what it taught with its standing.</summary>
    public static Teaching OfExporter(DecodingOptions options) => new(options, options.TemplateFields, FieldsOfEach);

    /// <summary>Of a stream without standing; null where too many are listened to.</summary>
    public static Teaching? OfNewcomer(DecodingOptions options) => options.Newcomers.TryTake(1)
        ? new(options with { MaxRatesPerExporter = RatesAside }, options.NewcomerFields, free: 0)
        : null;

    /// <summary>Its stream is forgotten, or has its standing.</summary>
    public void EndNewcomer()
    {
        Templates.Clear();
        options.Newcomers.Return(1);
    }

    public IReadOnlyCollection<uint> IngressInterfaces => _ingressInterfaces;

    /// <summary>Whether a template was taught since this was asked before.</summary>
    public bool HasLearnt()
    {
        var (before, now) = (_askedAt, Templates.Version);
        _askedAt = now;
        return before != now;
    }

    /// <summary>Notes on which interfaces the exporter tells what comes in.</summary>
    public void NoteDirection(in FlowRecord flow)
    {
        if (flow.Is(FlowTraits.Ingress) && _lastIngress != flow.InputInterface)
        {
            _lastIngress = flow.InputInterface;
            NoteIngress(flow.InputInterface);
        }
    }

    public void NoteIngress(uint index)
    {
        if (_ingressInterfaces.Count < _maxInterfaces)
        {
            _ingressInterfaces.Add(index);
        }
    }

    public bool TellsIngress(uint index) => _ingressInterfaces.Contains(index);

    /// <summary>Turns running totals into what is new since the last report; false where nothing is.</summary>
    public bool TryDifference(in ExportHeader header, ushort port, ref FlowRecord flow) =>
        (_totals ??= new RunningTotals()).TryDifference(in header, port, ref flow);

    /// <summary>Takes a rate that was told before, with whom it is for.</summary>
    public void Learn(in KnownRate rate)
    {
        Rates.Learn(rate.Protocol, rate.Said, rate.Port);
        Templates.NoteRate(rate.Protocol, rate.Said, rate.Port);
    }

    /// <summary>Takes over what another taught.</summary>
    public void Take(Teaching other)
    {
        foreach (var template in other.Templates.All.ToList())
        {
            Templates.ArrivedAtMs = template.LearntAtMs;
            Templates.TryLearn(template.Key, template.IsOptions, template.ScopeCount, template.Fields);
        }

        foreach (var (protocol, domain, initMs) in other.Templates.SystemInits)
        {
            Templates.LearnSystemInit(protocol, domain, initMs);
        }

        foreach (var rate in other.Rates.Save().ToList())
        {
            Learn(in rate);
        }

        foreach (var index in other._ingressInterfaces)
        {
            NoteIngress(index);
        }

        if (other._totals is { } totals)
        {
            (_totals ??= new RunningTotals()).Take(totals);
        }
    }
}
