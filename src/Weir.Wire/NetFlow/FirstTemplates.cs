// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>The first definition of each template in inputs that are read twice: in the second reading it serves the
/// data that stand in front of it.</summary>
public sealed class FirstTemplates
{
    private readonly Dictionary<TemplateKey, Template> _first = [];
    private readonly Dictionary<TemplateKey, Template?> _agreed = [];

    /// <summary>Takes a template; where its key is known already, the first stays.</summary>
    internal void Add(Template template)
    {
        if (_first.TryAdd(template.Key, template))
        {
            var group = template.Key with { Port = 0 };
            _agreed[group] = !_agreed.TryGetValue(group, out var other) ? template
                : other is not null && other.IsSameAs(template) ? other : null;
        }
    }

    internal bool TryGet(TemplateKey key, out Template template) =>
        _first.TryGetValue(key, out template!)
        || (_agreed.TryGetValue(key with { Port = 0 }, out template!) && template is not null);
}
