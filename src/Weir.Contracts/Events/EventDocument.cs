// SPDX-License-Identifier: Apache-2.0
//
// An event as its signer writes it: one JSON object in a fixed order, the octets that are signed, sent and stored. What
// is read back is checked value by value, so that a signed event is never believed further than it says.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Contracts.Json;
using Weir.Contracts.Signing;
using Weir.Wire;

namespace Weir.Contracts.Events;

/// <summary>Events in envelopes of type <c>event</c>, signed by a collector (from flows) or by the store (from digests,
/// looking back).</summary>
public static class EventDocument
{
    private const string Collector = "collector";
    private const string Store = "store";

    /// <summary>The envelope's type.</summary>
    public const string Type = "event";

    /// <summary>Schema version that is written; every version up to it is read.</summary>
    public const int Version = 1;

    /// <summary>Who may sign one, and how large it may be.</summary>
    public static EnvelopeKind Kind { get; } = new(Type, Version, [Collector, Store], 16 << 10);

    /// <summary>Writes an event down and signs it.</summary>
    public static Envelope Sign(QualityEvent quality, SigningKey key) =>
        key.Sign(Type, Version, JsonSerializer.SerializeToUtf8Bytes(
            EventFields.From(quality), EventContext.Default.EventFields));

    /// <summary>Whether an event is the word of who signed it: flows are a collector's, digests the store's.</summary>
    /// <param name="role">The holder's role.</param>
    /// <param name="quality">What the envelope holds.</param>
    public static bool MaySign(string role, QualityEvent quality) =>
        role == (quality.Origin == EventOrigin.Digests ? Store : Collector);

    /// <summary>Reads the payload of an envelope whose signature was verified. Never throws.</summary>
    /// <returns>False where it is no event of this schema.</returns>
    public static bool TryRead(Envelope envelope, out QualityEvent quality)
    {
        quality = null!;
        try
        {
            return envelope.Type == Type
                && StrictJson.Read(envelope.Payload.Span, EventContext.Default.EventFields).TryCreate(out quality);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or FormatException)
        {
            return false;
        }
    }
}

/// <summary>A class of traffic as JSON has it; <c>any</c> is an empty list or 0.</summary>
public sealed record ClassFields(
    string Direction, byte Protocol, IReadOnlyList<ushort> RemotePorts, IReadOnlyList<string> Remotes,
    ushort SubjectPort, string Trait)
{
    /// <summary>The fields of a predicate.</summary>
    public static ClassFields From(FlowPredicate predicate) => new(
        FlowPredicate.ToName(predicate.Direction), predicate.Protocol, [.. predicate.RemotePorts],
        [.. predicate.Remotes.Select(remote => remote.ToString())], predicate.SubjectPort,
        FlowTraitNames.ToName(predicate.Trait));

    /// <summary>The predicate they write down.</summary>
    /// <exception cref="FormatException">A direction, an address or a trait is none.</exception>
    public FlowPredicate ToPredicate() => new()
    {
        Direction = Direction switch
        {
            "out" => Flows.Direction.Out,
            "in" => Flows.Direction.In,
            "both" => Flows.Direction.Both,
            _ => throw new FormatException($"'{Direction}' is no direction"),
        },
        Protocol = Protocol,
        RemotePorts = [.. RemotePorts],
        Remotes = [.. Remotes.Select(text =>
            IpKey.TryParse(text, out var remote) ? remote : throw new FormatException($"'{text}' is no address"))],
        SubjectPort = SubjectPort,
        Trait = FlowTraitNames.TryParse(Trait, out var trait) ? trait
            : throw new FormatException($"'{Trait}' is no trait of a flow"),
    };
}

/// <summary>The fields of <see cref="QualityEvent"/> in the order in which they are signed.</summary>
internal sealed record EventFields(
    string Number, string Phase, string Subject, string Rule, int RuleVersion, ClassFields? Class, ushort ServicePort,
    long FromMs, long UntilMs, long TriggeredMs, double Measured, double Threshold, string Unit, int WindowSeconds,
    uint SamplingInterval, string Exporter, uint Domain, uint Interface, long CorroboratedMs, string Doubt,
    string Origin,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Promotion = null)
{
    /// <summary>Not written where it is 0, as in events of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Sources { get; init; }

    public static EventFields From(QualityEvent e) => new(
        e.Number.ToString("x16", CultureInfo.InvariantCulture), PhaseName(e.Phase), e.Subject.ToString(),
        e.Rule, e.RuleVersion, e.Class is { } named ? ClassFields.From(named.Predicate) : null, e.ServicePort, e.FromMs,
        e.UntilMs, e.TriggeredMs, e.Measured, e.Threshold, e.Unit, e.WindowSeconds, e.SamplingInterval,
        e.Origin == EventOrigin.Digests ? "" : e.Exporter.ToString(), e.Domain, e.Interface, e.CorroboratedMs,
        EvidenceDoubts.ToName(e.Doubt), e.Origin == EventOrigin.Digests ? "digests" : "flows", e.Detail,
        e.Promotion.Length == 0 ? null : e.Promotion)
    {
        Sources = e.Sources,
    };

    public bool TryCreate(out QualityEvent quality)
    {
        quality = null!;
        if (!ulong.TryParse(Number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            || Number.Length != 16
            || !SubjectKey.TryParse(Subject, out var subject)
            || DetectionRules.Find(Rule)?.Units.Contains(Unit) != true || RuleVersion < 1
            || !TrySource(out var exporter) || !EvidenceDoubts.TryParse(Doubt, out var doubt)
            || CorroboratedMs > UntilMs || (CorroboratedMs != 0 && CorroboratedMs < FromMs)
            || (doubt == EvidenceDoubt.None && CorroboratedMs != UntilMs)
            || Sources is < 0 or > byte.MaxValue || FromMs < 0
            || UntilMs < FromMs || TriggeredMs < 0 || WindowSeconds < 0
            || Origin is not ("flows" or "digests")
            || (EventPhase?)(Phase switch
            {
                "opened" => EventPhase.Opened,
                "grown" => EventPhase.Grown,
                "closed" => EventPhase.Closed,
                _ => null
            })
                is not { } phase)
        {
            return false;
        }

        quality = new QualityEvent
        {
            Number = number,
            Phase = phase,
            Subject = subject,
            Rule = Rule,
            RuleVersion = RuleVersion,
            Class = Class is { } named ? new TrafficClass(named.ToPredicate()) : null,
            ServicePort = ServicePort,
            FromMs = FromMs,
            UntilMs = UntilMs,
            TriggeredMs = TriggeredMs,
            Measured = Measured,
            Threshold = Threshold,
            Unit = Unit,
            WindowSeconds = WindowSeconds,
            SamplingInterval = SamplingInterval,
            Exporter = exporter,
            Domain = Domain,
            Interface = Interface,
            CorroboratedMs = CorroboratedMs,
            Doubt = doubt,
            Sources = Sources,
            Origin = Origin == "digests" ? EventOrigin.Digests : EventOrigin.Flows,
            Detail = Detail,
            Promotion = Promotion ?? "",
        };
        return true;
    }

    /// <summary>Flows were told by somebody; digests say nobody.</summary>
    private bool TrySource(out IpKey exporter)
    {
        exporter = default;
        return Origin == "digests"
            ? Exporter.Length == 0
            : IpKey.TryParse(Exporter, out exporter) && exporter != default && exporter != IpKey.FromV4(0);
    }

    private static string PhaseName(EventPhase phase) => phase switch
    {
        EventPhase.Opened => "opened",
        EventPhase.Grown => "grown",
        EventPhase.Closed => "closed",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Not a phase."),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventFields))]
internal sealed partial class EventContext : JsonSerializerContext;
