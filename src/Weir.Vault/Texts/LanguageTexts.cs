// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;

namespace Weir.Vault.Texts;

/// <summary>All that customers are told in one language, and how it writes times and numbers. Never changes.</summary>
internal sealed class LanguageTexts
{
    private const int MaxAddresses = 8;

    private static readonly Dictionary<string, IReadOnlyList<string>> NoLists = [];

    private readonly FrozenDictionary<string, TemplateText> _texts;
    private readonly NumberFormatInfo _numbers;

    /// <param name="tag">BCP 47 tag.</param>
    /// <param name="texts">A text for every name of <see cref="TextEntries.All"/>.</param>
    public LanguageTexts(string tag, FrozenDictionary<string, TemplateText> texts)
    {
        (Tag, _texts) = (tag, texts);
        _numbers = new NumberFormatInfo
        {
            NumberDecimalSeparator = this[TextEntries.DecimalMark],
            NumberGroupSeparator = this[TextEntries.GroupMark],
        };
    }

    /// <summary>The language's tag.</summary>
    public string Tag { get; }

    /// <summary>An entry without values.</summary>
    public string this[TextEntry entry] => Fill(entry);

    /// <summary>The template of an entry.</summary>
    public TemplateText Template(TextEntry entry) => _texts[entry.Name];

    /// <summary>An entry with its values, not escaped for HTML.</summary>
    public string Fill(TextEntry entry, params (string Name, string Value)[] values) =>
        Fill(entry, values.ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal));

    /// <inheritdoc cref="Fill(TextEntry, ValueTuple{string, string}[])"/>
    public string Fill(TextEntry entry, IReadOnlyDictionary<string, string> values) =>
        Template(entry).Fill(values, NoLists, Escape.Plain);

    /// <summary>The lines of a list.</summary>
    public IReadOnlyList<string> Lines(TextEntry entry) => this[entry]
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A time, UTC, said so.</summary>
    public string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString(this[TextEntries.TimeFormat], CultureInfo.InvariantCulture);

    /// <summary>A day, UTC.</summary>
    public string Day(DateTimeOffset at) =>
        at.UtcDateTime.ToString(this[TextEntries.DayFormat], CultureInfo.InvariantCulture);

    /// <summary>A number with at most two decimals.</summary>
    public string Number(double value) => value.ToString("#,0.##", _numbers);

    /// <summary>What stands before a fact: of a scope that no rule found, nothing was seen in its time.</summary>
    public string Label(TextEntry entry, CustomerFacts facts) => this[facts.Rule.Length > 0 ? entry
        : entry == TextEntries.Seen ? TextEntries.AskedAbout
        : entry == TextEntries.First ? TextEntries.From
        : entry == TextEntries.Last ? TextEntries.Until
        : entry];

    /// <summary>What was measured against what.</summary>
    public string Measured(Measurement measured) => Fill(
        TextEntries.Measured, ("value", Number(measured.Value)), ("threshold", Number(measured.Threshold)),
        ("unit", !Measurement.Units.Contains(measured.Unit) ? measured.Unit : this[
            Number(measured.Value) == "1" ? TextEntries.UnitOfOne(measured.Unit) : TextEntries.Unit(measured.Unit)]),
        ("seconds", Number(measured.Seconds)));

    /// <summary>What was done.</summary>
    public string Action(ActionTaken action) =>
        Fill(TextEntries.Action(action.Kind), ("what", action.What), ("time", Time(action.At)));

    /// <summary>A class of traffic in words.</summary>
    public string Class(FlowPredicate named)
    {
        var way = named.Direction switch
        {
            Direction.Out => TextEntries.ClassOut, Direction.In => TextEntries.ClassIn, _ => TextEntries.ClassBoth,
        };
        var protocol = named.Protocol == 0
            ? this[TextEntries.AnyProtocol]
            : Protocols.ToName(named.Protocol).ToUpperInvariant();
        List<string> parts = [Fill(way, ("protocol", protocol))];
        if (named.SubjectPort != 0)
        {
            parts.Add(Fill(
                TextEntries.OwnPort, ("port", named.SubjectPort.ToString(CultureInfo.InvariantCulture))));
        }

        if (!named.RemotePorts.IsEmpty)
        {
            parts.Add(Fill(TextEntries.Ports, ("ports", string.Join(", ", named.RemotePorts))));
        }

        if (!named.Remotes.IsEmpty)
        {
            var some = string.Join(", ", named.Remotes.Take(MaxAddresses));
            parts.Add(Fill(TextEntries.Addresses, ("addresses", named.Remotes.Length <= MaxAddresses
                ? some
                : Fill(TextEntries.More, ("addresses", some)))));
        }

        return string.Join(", ", parts);
    }
}
