// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Happenings;

/// <summary>A mechanical trigger: what was measured against which threshold. Whose line it is stands in its case, for
/// who may read it.</summary>
/// <param name="Number">Of the event.</param>
/// <param name="Rule">Which rule.</param>
/// <param name="State"><c>open</c> or <c>over</c>.</param>
/// <param name="From">First evidence.</param>
/// <param name="Until">Last evidence.</param>
/// <param name="Triggered">When the rule had enough.</param>
/// <param name="Measured">The largest value so far.</param>
/// <param name="Threshold">What it is held against.</param>
/// <param name="Unit">Of both, such as <c>packets/s</c>.</param>
/// <param name="Seconds">Over which it was measured.</param>
/// <param name="Sampling">One packet in so many; 1 for all.</param>
/// <param name="Exporter">Who exported most of it; empty where it would say where a line is connected.</param>
/// <param name="Class">The part of the line's traffic it is about; empty for a source that is no line's.</param>
/// <param name="Detail">What else the rule says; empty where it would say where a line is connected.</param>
/// <param name="Case">The case it is in; empty where there is none.</param>
/// <param name="Scope">The scope it opened or fell into; empty where there is none.</param>
/// <param name="Networks">Whose networks the far ends of the class are in, apart by <c>; </c>; empty where no file
/// says. </param>
internal sealed record EventSummary(
    string Number, string Rule, string State, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Triggered,
    double Measured, double Threshold, string Unit, int Seconds, long Sampling, string Exporter, string Class,
    string Detail, string Case, string Scope, string Networks);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<EventSummary>))]
internal sealed partial class EventJson : JsonSerializerContext;
