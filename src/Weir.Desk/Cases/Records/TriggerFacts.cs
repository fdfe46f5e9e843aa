// SPDX-License-Identifier: Apache-2.0
//
// What the trigger of a scope told, as values: the proof that looking was not random (glossary.md S8). They stand in
// the records and cross the API as they are; TriggerText makes words of them where people read.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Consents;
using Weir.Contracts.Events;

namespace Weir.Desk.Cases.Records;

/// <summary>What a trigger told. A closed list: measured, reported, consented, or a check after a clean-up.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MeasuredTrigger), "measured")]
[JsonDerivedType(typeof(ReportedTrigger), "reported")]
[JsonDerivedType(typeof(ConsentTrigger), "consent")]
[JsonDerivedType(typeof(CleanUpTrigger), "clean-up")]
public abstract record TriggerFacts
{
    private protected TriggerFacts()
    {
    }

    /// <summary>As the records keep them: JSON whose <c>kind</c> says which they are.</summary>
    public string Serialize() => JsonSerializer.Serialize(this, TriggerFactsJson.Default.TriggerFacts);

    /// <summary>Reads what <see cref="Serialize"/> writes.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static TriggerFacts Parse(string text) =>
        JsonSerializer.Deserialize(text, TriggerFactsJson.Default.TriggerFacts)
            ?? throw new JsonException("the facts of a trigger are missing");
}

/// <summary>A rule's measure against its threshold.</summary>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">Of the rule.</param>
/// <param name="Unit">Of both; one of the rule's (<see cref="DetectionRule.Units"/>).</param>
/// <param name="WindowSeconds">How long it was measured.</param>
/// <param name="SamplingInterval">One packet in so many was exported.</param>
/// <param name="Exporter">Address of the router that told it.</param>
/// <param name="Detail">What else the rule says; empty for nothing.</param>
public sealed record MeasuredTrigger(
    double Value, double Threshold, string Unit, int WindowSeconds, uint SamplingInterval, string Exporter,
    string Detail) : TriggerFacts
{
    /// <summary>The measure of an event.</summary>
    public static MeasuredTrigger From(QualityEvent quality) => new(
        quality.Measured, quality.Threshold, quality.Unit, quality.WindowSeconds, quality.SamplingInterval,
        quality.Exporter.ToString(), quality.Detail);
}

/// <summary>An authenticated complaint.</summary>
/// <param name="What">What it complains of, as the complaint's standard calls it.</param>
/// <param name="Reporter">Who sent it.</param>
/// <param name="Proof">How the sender was authenticated.</param>
public sealed record ReportedTrigger(string What, string Reporter, string Proof) : TriggerFacts;

/// <summary>The customer's own wish (rules.md R20).</summary>
/// <param name="Consent">Number of the consent, as <see cref="ConsentId"/> writes it.</param>
public sealed record ConsentTrigger(string Consent) : TriggerFacts
{
    /// <summary>The consent.</summary>
    [JsonIgnore]
    public ConsentId? Id => ConsentId.TryParse(Consent, out var id) ? id : null;
}

/// <summary>A check that a clean-up held (rules.md R5).</summary>
public sealed record CleanUpTrigger : TriggerFacts;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TriggerFacts))]
internal sealed partial class TriggerFactsJson : JsonSerializerContext;
