// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>What names a template within one exporter.</summary>
/// <param name="Protocol">NetFlow v9 or IPFIX.</param>
/// <param name="Domain">Source id or observation domain.</param>
/// <param name="Id">256 and above.</param>
/// <param name="Port">UDP source port, which tells transport sessions apart (RFC 7011 §2); 0 where none
/// is known.</param>
public readonly record struct TemplateKey(ExportProtocol Protocol, uint Domain, ushort Id, ushort Port = 0);

/// <summary>A template as learnt, with the plan it was compiled into. The definition never changes; a new
/// one replaces it.</summary>
public sealed class Template
{
    private readonly TemplateField[] _fields;

    internal Template(
        TemplateKey key, bool isOptions, int scopeCount, ReadOnlySpan<TemplateField> fields, long learntAtMs)
    {
        Key = key;
        IsOptions = isOptions;
        ScopeCount = scopeCount;
        LearntAtMs = learntAtMs;
        _fields = fields.ToArray();
        Plan = RecordPlan.Compile(key.Protocol, scopeCount, fields);
    }

    public TemplateKey Key { get; }

    /// <summary>Describes options data records rather than data records.</summary>
    public bool IsOptions { get; }

    /// <summary>How many of the leading fields are scopes (RFC 7011 §3.4.2.2, RFC 3954 §6.1).</summary>
    public int ScopeCount { get; }

    public ReadOnlySpan<TemplateField> Fields => _fields;

    /// <summary>When it was last heard, milliseconds since the UNIX epoch by the collector's clock.</summary>
    public long LearntAtMs { get; internal set; }

    /// <summary>When its exporter had booted, by the header it last came with (milliseconds since the UNIX epoch,
    /// lowest 32 bits); null where the protocol does not tell.</summary>
    internal uint? BootMs { get; set; }

    /// <summary>Stands for a sampler in its records that name none, where options data told a rate of this template;
    /// else 0.</summary>
    internal uint OwnSelector { get; set; }

    /// <summary>Data records read with it.</summary>
    public long Records { get; internal set; }

    internal RecordPlan Plan { get; }

    /// <summary>Whether records of such a template can be flows: they name two ends or hold a packet's first octets,
    /// and they are not events that count nothing.</summary>
    /// <param name="protocol">NetFlow v9 or IPFIX.</param>
    /// <param name="fields">As the exporter wrote them.</param>
    public static bool CanTellFlows(ExportProtocol protocol, ReadOnlySpan<TemplateField> fields)
    {
        var plan = RecordPlan.Compile(protocol, 0, fields);
        return (plan.HasAddresses || plan.HasSection) && !plan.IsBareEvent;
    }

    internal bool IsSameAs(Template other) => other.Matches(IsOptions, ScopeCount, _fields);

    internal bool Matches(bool isOptions, int scopeCount, ReadOnlySpan<TemplateField> fields) =>
        isOptions == IsOptions && scopeCount == ScopeCount && fields.SequenceEqual(_fields);
}

/// <summary>One field of a template as the exporter wrote it.</summary>
/// <param name="Id">Information element number, without the enterprise bit.</param>
/// <param name="Enterprise">Private enterprise number; 0 = registered (RFC 7011 §3.2). Always 0 in NetFlow v9.</param>
/// <param name="Length">Octets; 65535 = variable length (RFC 7011 §7).</param>
public readonly record struct TemplateField(ushort Id, uint Enterprise, ushort Length)
{
    /// <summary>The length that says "told in each record".</summary>
    public const ushort Variable = 0xFFFF;

    public bool IsVariable => Length == Variable;
}
