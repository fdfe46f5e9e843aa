// SPDX-License-Identifier: Apache-2.0
//
// What a process gives of its own record, so that an auditor reads it by the desk and needs no way into its folder. The
// desk carries the lines and can alter none: each is under the process's own signed heads, which leave its machine.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Protocol;

/// <summary>Routes of every process that keeps a record beside the desk, and has a door; and of the desk for
/// collectors, which have none.</summary>
public static class RecordRoutes
{
    /// <summary>Desk. GET
    /// <c>?number=q-…&amp;part=key|heads|entries&amp;after=N&amp;most=N&amp;newest=0|1&amp;for=WHO</c> →
    /// <see cref="RecordLines"/>. That it was read is on both records first, under the number.</summary>
    public const string Lines = "record/lines";

    /// <summary>Desk. GET → <see cref="RecordStanding"/>.</summary>
    public const string Standing = "record/standing";

    /// <summary>Collector, of the desk. GET <c>?name=…</c> → <see cref="RecordAsk"/>; waits up to 25 s for one, then
    /// 204.</summary>
    public const string Asked = "collector/record/asked";

    /// <summary>Collector, of the desk. POST <see cref="RecordAnswer"/> → <see cref="Done"/>.</summary>
    public const string Answer = "collector/record/answer";
}

/// <summary>What the desk wants of a collector's record.</summary>
/// <param name="Number">To be sent back.</param>
/// <param name="Part">One of <see cref="RecordLines.Parts"/>.</param>
/// <param name="After">Number of the line behind which to begin.</param>
/// <param name="Most">Lines at most.</param>
/// <param name="IsNewest">The last ones, whatever their number.</param>
/// <param name="For">Who asks.</param>
public sealed record RecordAsk(string Number, string Part, long After, int Most, bool IsNewest, string For)
{
    private const int LongestName = 64;

    /// <summary>Whether a text may be a person's name: one word of 1 to 64 characters.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(
        c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or ':'
            || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate);
}

/// <param name="Number">Of the question.</param>
/// <param name="Name">The collector's.</param>
/// <param name="Lines">Octet for octet, in their order.</param>
public sealed record RecordAnswer(string Number, string Name, IReadOnlyList<string> Lines);

/// <summary>Lines of a record, octet for octet, in their order.</summary>
/// <param name="Lines">The public key is one, of several lines.</param>
public sealed record RecordLines(IReadOnlyList<string> Lines)
{
    /// <summary>Lines of one answer.</summary>
    public const int Max = 1_000;

    /// <summary>Parts of a record.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["key", "heads", "entries"];
}

/// <summary>How a record stands.</summary>
/// <param name="Fault">Why it takes no entry, or does not leave the machine; empty where all is well.</param>
public sealed record RecordStanding(string Fault);

/// <summary>Their JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(RecordLines))]
[JsonSerializable(typeof(RecordStanding))]
[JsonSerializable(typeof(RecordAsk))]
[JsonSerializable(typeof(RecordAnswer))]
public sealed partial class RecordJson : JsonSerializerContext;
