// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Reads published JSON without trusting its types: a value of the wrong kind reads as absent.</summary>
internal static class JsonText
{
    public static string Text(this JsonElement element, string key) =>
        TryGet(element, key, out var value) && value.ValueKind == JsonValueKind.String ? Plain(value) : "";

    /// <summary>A number, or a string that holds one; -1 where there is none.</summary>
    public static long Number(this JsonElement element, string key) =>
        !TryGet(element, key, out var value) ? -1
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
        : value.ValueKind == JsonValueKind.String
            && long.TryParse(Plain(value), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? number
        : -1;

    public static bool IsTrue(this JsonElement element, string key) =>
        TryGet(element, key, out var value) && (value.ValueKind == JsonValueKind.True
            || (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number == 1)
            || (value.ValueKind == JsonValueKind.String && Plain(value) is "1" or "true"));

    /// <summary>The elements of an array; none where the key holds something else.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement element, string key) =>
        TryGet(element, key, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static bool TryGet(this JsonElement element, string key, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out value);
    }

    /// <summary>What the parser throws over damaged text: syntax, nesting, escapes that are no character.</summary>
    public static bool IsDamage(Exception fault) =>
        fault is JsonException or InvalidOperationException or ArgumentException;

    /// <summary>A string value; one with an escape that is no character (a lone surrogate) reads as empty.</summary>
    public static string Plain(this JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
