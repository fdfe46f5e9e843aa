// SPDX-License-Identifier: Apache-2.0
//
// The templates of one exporter. Over UDP they come again and again; one that is no longer heard is forgotten after
// its lifetime (RFC 7011 §8.4, RFC 3954 §9). Everything an exporter can make us keep is bounded. Not for two threads.
namespace Weir.Wire.NetFlow;

/// <summary>Templates of one exporter by protocol, domain and id, and what its options said about its clock.</summary>
public sealed class TemplateTable
{
    public const int DefaultMaxTemplates = 4_096;

    public const int DefaultMaxFields = 1_024;

    private readonly Dictionary<TemplateKey, Template> _templates = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain), long> _systemInit = [];
    private readonly int _maxTemplates;
    private readonly TemplateField[] _scratch;
    private Template? _last;

    /// <param name="lifetimeMs">Milliseconds after which a template that was not heard again is
    /// forgotten; 0 = never.</param>
    /// <param name="maxTemplates">Templates kept at most.</param>
    /// <param name="maxFields">Fields of one template at most.</param>
    public TemplateTable(long lifetimeMs = 0, int maxTemplates = DefaultMaxTemplates, int maxFields = DefaultMaxFields)
    {
        LifetimeMs = lifetimeMs;
        _maxTemplates = maxTemplates;
        _scratch = new TemplateField[maxFields];
    }

    public long LifetimeMs { get; }

    /// <summary>Arrival of the datagram being read, milliseconds since the UNIX epoch. Set before each read.</summary>
    public long ArrivedAtMs { get; set; }

    public int Count => _templates.Count;

    /// <summary>Templates forgotten because their lifetime was over.</summary>
    public long Expired { get; private set; }

    /// <summary>Templates whose definition changed while they were known.</summary>
    public long Replaced { get; private set; }

    /// <summary>Templates the exporter withdrew (RFC 7011 §8.1).</summary>
    public long Withdrawn { get; private set; }

    /// <summary>Grows with every new, changed, withdrawn or forgotten template; refreshing one
    /// does not count.</summary>
    public long Version { get; private set; }

    public IEnumerable<Template> All => _templates.Values;

    /// <summary>When the exporter's domains were (re)initialised, as they said.</summary>
    public IEnumerable<(ExportProtocol Protocol, uint Domain, long SystemInitMs)> SystemInits =>
        _systemInit.Select(static known => (known.Key.Protocol, known.Key.Domain, known.Value));

    internal Span<TemplateField> Scratch => _scratch;

    internal bool TryGet(TemplateKey key, out Template template)
    {
        template = _last!;
        if (template is null || template.Key != key)
        {
            if (!_templates.TryGetValue(key, out template!))
            {
                return false;
            }

            _last = template;
        }

        if (!IsOver(template))
        {
            return true;
        }

        Remove(key);
        Expired++;
        return false;
    }

    /// <summary>Learns a template or hears it again; false where the table is full.</summary>
    public bool TryLearn(TemplateKey key, bool isOptions, int scopeCount, ReadOnlySpan<TemplateField> fields)
    {
        if (_templates.TryGetValue(key, out var known))
        {
            if (known.Matches(isOptions, scopeCount, fields))
            {
                known.LearntAtMs = ArrivedAtMs;
                return true;
            }

            Replaced++;
        }
        else if (_templates.Count >= _maxTemplates)
        {
            ForgetExpired();
            if (_templates.Count >= _maxTemplates)
            {
                return false;
            }
        }

        _templates[key] = new Template(key, isOptions, scopeCount, fields, ArrivedAtMs);
        _last = null;
        Version++;
        return true;
    }

    /// <summary>Forgets one template; false where it was not known.</summary>
    internal bool Withdraw(TemplateKey key)
    {
        if (!Remove(key))
        {
            return false;
        }

        Withdrawn++;
        return true;
    }

    /// <summary>Forgets every template of a domain, or only those of one sort (RFC 7011 §8.1).</summary>
    public void WithdrawAll(ExportProtocol protocol, uint domain, bool? isOptions = null)
    {
        foreach (var (key, template) in _templates)
        {
            if (key.Protocol == protocol && key.Domain == domain
                && (isOptions is null || isOptions == template.IsOptions) && Remove(key))
            {
                Withdrawn++;
            }
        }
    }

    /// <summary>Takes element 160 of options data.</summary>
    public void LearnSystemInit(ExportProtocol protocol, uint domain, long systemInitMs)
    {
        if (_systemInit.ContainsKey((protocol, domain)) || _systemInit.Count < _maxTemplates)
        {
            _systemInit[(protocol, domain)] = systemInitMs;
        }
    }

    /// <summary>When the exporter said it was (re)initialised (element 160), milliseconds since the UNIX
    /// epoch; 0 = not said.</summary>
    internal long SystemInit(ExportProtocol protocol, uint domain) =>
        _systemInit.Count == 0 ? 0 : _systemInit.GetValueOrDefault((protocol, domain));

    private bool IsOver(Template template) => LifetimeMs > 0 && ArrivedAtMs - template.LearntAtMs > LifetimeMs;

    private void ForgetExpired()
    {
        foreach (var (key, template) in _templates)
        {
            if (IsOver(template) && Remove(key))
            {
                Expired++;
            }
        }
    }

    private bool Remove(TemplateKey key)
    {
        _last = null;
        if (!_templates.Remove(key))
        {
            return false;
        }

        Version++;
        return true;
    }
}
