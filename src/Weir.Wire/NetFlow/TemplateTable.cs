// SPDX-License-Identifier: Apache-2.0
//
// The templates of one exporter's address. A template belongs to its transport session, which over UDP is told by the
// source port (RFC 7011 §2, §8). Some exporters send templates from one port and data from another; so a session that
// has no template of an id borrows it of the others, where they agree on it. Two routers behind one translated address
// do not agree; by their boot times (v9) they are told apart sooner.
//
// Over UDP templates come again and again; one that is no longer heard is forgotten after its lifetime (RFC 7011 §8.4,
// RFC 3954 §9). Everything an exporter can make us keep is bounded. Not for two threads.
namespace Weir.Wire.NetFlow;

/// <summary>Templates of one exporter by session, protocol, domain and id, and what its options said about
/// its clock.</summary>
public sealed class TemplateTable
{
    public const int DefaultMaxTemplates = 4_096;

    public const int DefaultMaxFields = 1_024;

    /// <summary>A definition that was not heard for so long while another was does not stand against it.</summary>
    private const long OutdatedMs = 1_800_000;

    /// <summary>Boot times differ by the header's whole seconds and by what clocks are set.</summary>
    private const int BootSlackMs = 60_000;

    private readonly Dictionary<TemplateKey, Template> _templates = [];
    /// <summary>No exporter has so many templates with a rate of their own.</summary>
    private const int MostOwnRates = 1_024;

    private readonly Dictionary<TemplateKey, List<Template>> _bySession = [];
    private readonly HashSet<(ExportProtocol, uint, ushort)> _ownRates = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain), long> _systemInit = [];
    private readonly int _maxTemplates;
    private readonly int _maxFields;
    private readonly SharedBudget? _budget;
    private readonly int _free;
    private TemplateField[]? _scratch;
    private int _fields;
    private Template? _last;
    private TemplateKey _lastKey;

    /// <param name="lifetimeMs">Milliseconds after which a template that was not heard again is
    /// forgotten; 0 = never.</param>
    /// <param name="maxTemplates">Templates kept at most.</param>
    /// <param name="maxFields">Fields of one template at most.</param>
    public TemplateTable(long lifetimeMs = 0, int maxTemplates = DefaultMaxTemplates, int maxFields = DefaultMaxFields) =>
        (LifetimeMs, _maxTemplates, _maxFields) = (lifetimeMs, maxTemplates, maxFields);

    /// <param name="lifetimeMs">As above.</param>
    /// <param name="maxTemplates">As above.</param>
    /// <param name="maxFields">As above.</param>
    /// <param name="budget">Fields that tables of a process keep together.</param>
    /// <param name="free">Fields of this one that count for none of it.</param>
    public TemplateTable(long lifetimeMs, int maxTemplates, int maxFields, SharedBudget budget, int free)
        : this(lifetimeMs, maxTemplates, maxFields) =>
        (_budget, _free) = (budget, free);

    public long LifetimeMs { get; }

    /// <summary>Whether a session that has no template of an id borrows it of the others: datagrams do, for their
    /// session is guessed from a port. Where a connection is the session, templates live and die with it (RFC 7011
    /// §8).</summary>
    public bool Borrows { get; init; } = true;

    /// <summary>Arrival of the datagram being read, milliseconds since the UNIX epoch. Set before each read.</summary>
    public long ArrivedAtMs { get; set; }

    /// <summary>UDP source port of the datagram being read; 0 where none is known. Set before each read.</summary>
    public ushort Port { get; set; }

    /// <summary>Takes what is taught and is asked first, while a sender is read who may not change this table; what it
    /// does not know is looked for here. Null where this one is taught. Set when a message begins.</summary>
    public TemplateTable? Aside { get; set; }

    /// <summary>Nothing that is taught is kept, and nothing is withdrawn. Set when a message begins.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>What the same inputs taught when they were read before: asked for a template that has not come yet.
    /// Null where they are read once.</summary>
    public FirstTemplates? ReadBefore { get; set; }

    /// <summary>Keeps the first definition of each template; null where the inputs are read once.</summary>
    public FirstTemplates? Firsts { get; set; }

    public int Count => _templates.Count;

    /// <summary>Templates forgotten because their lifetime was over.</summary>
    public long Expired { get; private set; }

    /// <summary>Templates whose definition changed while they were known.</summary>
    public long Replaced { get; private set; }

    /// <summary>Templates the exporter withdrew (RFC 7011 §8.1).</summary>
    public long Withdrawn { get; private set; }

    /// <summary>Templates of other sessions that made room.</summary>
    public long Displaced { get; private set; }

    /// <summary>Grows with every new, changed, withdrawn or forgotten template; refreshing one
    /// does not count.</summary>
    public long Version { get; private set; }

    public IEnumerable<Template> All => _templates.Values;

    /// <summary>When the exporter's domains were (re)initialised, as they said.</summary>
    public IEnumerable<(ExportProtocol Protocol, uint Domain, long SystemInitMs)> SystemInits =>
        _systemInit.Select(static known => (known.Key.Protocol, known.Key.Domain, known.Value));

    /// <summary>Boot time by the header being read; null where its protocol does not tell.</summary>
    internal uint? BootMs { get; set; }

    internal Span<TemplateField> Scratch => _scratch ??= new TemplateField[_maxFields];

    internal TemplateKey KeyOf(in ExportHeader header, ushort id) => new(header.Protocol, header.Domain, id, Port);

    internal bool TryGet(TemplateKey key, out Template template)
    {
        if (Turned() is { } aside && aside.TryGet(key, out template))
        {
            return true;
        }

        template = _last!;
        if (template is null || _lastKey != key)
        {
            if (!_templates.TryGetValue(key, out template!) && !TryBorrow(key, out template))
            {
                return ReadBefore is not null && ReadBefore.TryGet(key, out template);
            }

            (_last, _lastKey) = (template, key);
        }

        if (!IsOver(template))
        {
            return true;
        }

        Remove(template);
        Expired++;
        return ReadBefore is not null && ReadBefore.TryGet(key, out template);
    }

    /// <summary>Learns a template or hears it again; false where the table is full.</summary>
    public bool TryLearn(TemplateKey key, bool isOptions, int scopeCount, ReadOnlySpan<TemplateField> fields)
    {
        if (IsDeaf || Turned() is not null)
        {
            return IsDeaf || Aside!.TryLearn(key, isOptions, scopeCount, fields);
        }

        if (_templates.TryGetValue(key, out var known))
        {
            if (known.Matches(isOptions, scopeCount, fields))
            {
                (known.LearntAtMs, known.BootMs) = (ArrivedAtMs, BootMs);
                return true;
            }

            Replaced++;
            Remove(known);
        }
        else if (_templates.Count >= _maxTemplates)
        {
            ForgetExpired();
            if (_templates.Count >= _maxTemplates && !DisplaceOther(key.Port))
            {
                return false;
            }
        }

        if (!TryTake(fields.Length, key.Port))
        {
            return false;
        }

        var made = new Template(key, isOptions, scopeCount, fields, ArrivedAtMs)
        {
            BootMs = BootMs,
            OwnSelector = _ownRates.Contains((key.Protocol, key.Domain, key.Id)) ? OptionsScope.OfTemplate(key.Id) : 0,
        };
        _templates[key] = made;
        Firsts?.Add(made);
        if (!_bySession.TryGetValue(key with { Port = 0 }, out var sessions))
        {
            _bySession[key with { Port = 0 }] = sessions = [];
        }

        sessions.Add(made);
        _last = null;
        Version++;
        return true;
    }

    /// <summary>Options data tell a rate of one template, known or to come.</summary>
    /// <param name="said">The template of the options data.</param>
    /// <param name="id">Of the template they speak of; 0 = of none.</param>
    internal void NoteOwnRate(in TemplateKey said, ushort id)
    {
        if (IsDeaf || Turned() is not null)
        {
            (IsDeaf ? null : Aside)?.NoteOwnRate(said, id);
            return;
        }

        if (id == 0 || _ownRates.Count >= MostOwnRates || !_ownRates.Add((said.Protocol, said.Domain, id))
            || !_bySession.TryGetValue(said with { Id = id, Port = 0 }, out var sessions))
        {
            return;
        }

        foreach (var template in sessions)
        {
            template.OwnSelector = OptionsScope.OfTemplate(id);
        }
    }

    /// <summary>Takes up a rate that options data told before: records of a template that has one of its own name
    /// it.</summary>
    public void NoteRate(ExportProtocol protocol, in SamplingAnnouncement said, ushort port) => NoteOwnRate(
        new TemplateKey(protocol, said.Domain, 0, port), OptionsScope.TemplateOf(said.Selector));

    /// <summary>Forgets every template of a session that is over.</summary>
    public void EndSession(ushort port)
    {
        foreach (var template in _templates.Values)
        {
            if (template.Key.Port == port)
            {
                Remove(template);
            }
        }
    }

    /// <summary>Forgets all: its sender is forgotten.</summary>
    public void Clear()
    {
        foreach (var template in _templates.Values)
        {
            Remove(template);
        }

        _systemInit.Clear();
    }

    /// <summary>Forgets one template of a session; false where it was not known.</summary>
    internal bool Withdraw(TemplateKey key)
    {
        if (IsDeaf || Turned() is not null)
        {
            return !IsDeaf && Aside!.Withdraw(key);
        }

        if (!_templates.TryGetValue(key, out var known))
        {
            return false;
        }

        Remove(known);
        Withdrawn++;
        return true;
    }

    /// <summary>Forgets every template of a domain in the session being read, or only those of one sort
    /// (RFC 7011 §8.1).</summary>
    public void WithdrawAll(ExportProtocol protocol, uint domain, bool? isOptions = null)
    {
        if (IsDeaf || Turned() is not null)
        {
            (IsDeaf ? null : Aside)?.WithdrawAll(protocol, domain, isOptions);
            return;
        }

        foreach (var (key, template) in _templates)
        {
            if (key.Protocol == protocol && key.Domain == domain && key.Port == Port
                && (isOptions is null || isOptions == template.IsOptions))
            {
                Remove(template);
                Withdrawn++;
            }
        }
    }

    /// <summary>Takes element 160 of options data.</summary>
    public void LearnSystemInit(ExportProtocol protocol, uint domain, long systemInitMs)
    {
        if (IsDeaf || Aside is not null)
        {
            (IsDeaf ? null : Aside)?.LearnSystemInit(protocol, domain, systemInitMs);
        }
        else if (_systemInit.ContainsKey((protocol, domain)) || _systemInit.Count < _maxTemplates)
        {
            _systemInit[(protocol, domain)] = systemInitMs;
        }
    }

    /// <summary>When the exporter said it was (re)initialised (element 160), milliseconds since the UNIX
    /// epoch; 0 = not said.</summary>
    internal long SystemInit(ExportProtocol protocol, uint domain) =>
        Aside?.SystemInit(protocol, domain) is > 0 and var told ? told
        : _systemInit.Count == 0 ? 0 : _systemInit.GetValueOrDefault((protocol, domain));

    /// <summary>The other table, with the message being read; null where there is none.</summary>
    private TemplateTable? Turned()
    {
        if (Aside is { } aside)
        {
            (aside.ArrivedAtMs, aside.Port, aside.BootMs) = (ArrivedAtMs, Port, BootMs);
        }

        return Aside;
    }

    /// <summary>The one definition that other sessions have of an id; none where they differ.</summary>
    private bool TryBorrow(TemplateKey key, out Template template)
    {
        template = null!;
        if (!Borrows || !_bySession.TryGetValue(key with { Port = 0 }, out var sessions))
        {
            return false;
        }

        foreach (var other in sessions)
        {
            if (!IsOver(other) && IsOfSameBoot(other) && (template is null || other.LearntAtMs > template.LearntAtMs))
            {
                template = other;
            }
        }

        if (template is null)
        {
            return false;
        }

        foreach (var other in sessions)
        {
            if (template.LearntAtMs - other.LearntAtMs < OutdatedMs && IsOfSameBoot(other) && !other.IsSameAs(template))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOfSameBoot(Template other) =>
        other.BootMs is not { } its || BootMs is not { } ours || Math.Abs((long)(int)(its - ours)) <= BootSlackMs;

    private bool IsOver(Template template) => LifetimeMs > 0 && ArrivedAtMs - template.LearntAtMs > LifetimeMs;

    private void ForgetExpired()
    {
        foreach (var template in _templates.Values)
        {
            if (IsOver(template))
            {
                Remove(template);
                Expired++;
            }
        }
    }

    /// <summary>A port that changes with every start must not fill the table for ever.</summary>
    private bool DisplaceOther(ushort port)
    {
        Template? oldest = null;
        foreach (var template in _templates.Values)
        {
            if (template.Key.Port != port && (oldest is null || template.LearntAtMs < oldest.LearntAtMs))
            {
                oldest = template;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        Remove(oldest);
        Displaced++;
        return true;
    }

    /// <summary>Room for a template's fields; where all tables together have none, the oldest of other sessions makes
    /// it.</summary>
    private bool TryTake(int fields, ushort port)
    {
        int Beyond(int count) => Math.Max(0, count - _free);

        while (_budget is { } budget && Beyond(_fields + fields) - Beyond(_fields) is > 0 and var wanted
            && !budget.TryTake(wanted))
        {
            if (!DisplaceOther(port))
            {
                return false;
            }
        }

        _fields += fields;
        return true;
    }

    private void Remove(Template template)
    {
        _last = null;
        _templates.Remove(template.Key);
        var fewer = _fields - template.Fields.Length;
        _budget?.Return(Math.Max(0, _fields - _free) - Math.Max(0, fewer - _free));
        _fields = fewer;
        var group = template.Key with { Port = 0 };
        if (_bySession.TryGetValue(group, out var sessions) && sessions.Remove(template) && sessions.Count == 0)
        {
            _bySession.Remove(group);
        }

        Version++;
    }
}
