// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Collector.Segments;

/// <summary>The store's route for segments, as its protocol has it.</summary>
internal static class SegmentRoute
{
    public const string Path = "segments";

    /// <summary>True for a refusal after which a segment is to be set aside, not sent again.</summary>
    public static bool IsSetAside(string code) =>
        code is "damaged-segment" or "segment-conflict" or "segment-refused";
}

/// <summary>A segment whose rows the store holds, all of them, once.</summary>
internal sealed record SegmentAnswer(string Name, string Segment, long Rows, bool WasThere);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SegmentAnswer))]
internal sealed partial class SegmentJson : JsonSerializerContext;
