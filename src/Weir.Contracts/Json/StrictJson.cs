// SPDX-License-Identifier: Apache-2.0
//
// The one way in for JSON that another process or a person wrote. The serializer refuses a member that is unknown,
// missing, given twice or null; it lets null stand for an element of a list or a value of a map, and any number for a
// time. Both are refused here, in every message at once, so that no code behind has to expect them.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Networks;

namespace Weir.Contracts.Json;

/// <summary>Reads JSON of others. A number of a member whose name ends in <c>Ms</c> is a moment or a length in
/// milliseconds, one whose name ends in <c>Epoch</c> is an epoch: both lie within <see cref="EarliestMs"/> and
/// <see cref="Epochs.LatestMs"/>, as every moment does, so that what is reckoned from them stays in the calendar.
/// </summary>
public static class StrictJson
{
    /// <summary>1900-01-01, milliseconds since the UNIX epoch: flows have no earlier time.</summary>
    public const long EarliestMs = -2_208_988_800_000;

    private const string Milliseconds = "Ms";
    private const string Epoch = "Epoch";

    /// <summary>Reads UTF-8 JSON.</summary>
    /// <param name="utf8">One value.</param>
    /// <param name="type">What it has to be, of a context with <c>JsonSerializerDefaults.Strict</c>.</param>
    /// <exception cref="JsonException">It is something else; the message names the member.</exception>
    /// <exception cref="FormatException">A converter or a constructor of the type refuses it.</exception>
    /// <exception cref="ArgumentException">The same.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            _ = reader.Read();
            Check(ref reader, type, "");
            return JsonSerializer.Deserialize(utf8, type) ?? throw new JsonException("it is null");
        }
        catch (InvalidOperationException bad)
        {
            // Half of a surrogate pair, which is no text.
            throw new JsonException(bad.Message, bad);
        }
    }

    /// <summary>Looks at the value that the reader stands at, and leaves it at its end.</summary>
    private static void Check(ref Utf8JsonReader reader, JsonTypeInfo type, string member)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray when type.Kind == JsonTypeInfoKind.Enumerable:
                CheckElements(ref reader, type, member);
                break;
            case JsonTokenType.StartObject when type.Kind == JsonTypeInfoKind.Object:
                CheckMembers(ref reader, type);
                break;
            case JsonTokenType.StartObject when type.Kind == JsonTypeInfoKind.Dictionary:
                CheckValues(ref reader, type, member);
                break;
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                reader.Skip();
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out var number):
                CheckNumber(number, type.Type, member);
                break;
            case JsonTokenType.String when Bare(type.Type) == typeof(DateTimeOffset)
                && reader.TryGetDateTimeOffset(out var moment):
                Require(moment.ToUnixTimeMilliseconds(), EarliestMs, Epochs.LatestMs, member, "a moment");
                break;
        }
    }

    private static void CheckElements(ref Utf8JsonReader reader, JsonTypeInfo type, string member)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            CheckNull(ref reader, element, member);
            Check(ref reader, element, member);
        }
    }

    private static void CheckValues(ref Utf8JsonReader reader, JsonTypeInfo type, string member)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            _ = reader.Read();
            CheckNull(ref reader, element, member);
            Check(ref reader, element, member);
        }
    }

    private static void CheckMembers(ref Utf8JsonReader reader, JsonTypeInfo type)
    {
        var at = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var property = Find(ref reader, type.Properties, ref at);
            _ = reader.Read();
            if (property is null || property.CustomConverter is not null)
            {
                reader.Skip();
            }
            else
            {
                Check(ref reader, type.Options.GetTypeInfo(property.PropertyType), property.Name);
            }
        }
    }

    /// <summary>The property of the name that the reader stands at; null where there is none.</summary>
    /// <param name="reader">At a name.</param>
    /// <param name="properties">Of the object.</param>
    /// <param name="at">Where to begin: most writers keep the order, so the next one is mostly it. Then the place
    /// behind it.</param>
    private static JsonPropertyInfo? Find(
        ref Utf8JsonReader reader, IList<JsonPropertyInfo> properties, ref int at)
    {
        for (var tried = 0; tried < properties.Count; tried++)
        {
            var property = properties[at];
            at = (at + 1) % properties.Count;
            if (reader.ValueTextEquals(property.Name))
            {
                return property;
            }
        }

        return null;
    }

    private static void CheckNull(ref Utf8JsonReader reader, JsonTypeInfo element, string member)
    {
        if (reader.TokenType == JsonTokenType.Null && Nullable.GetUnderlyingType(element.Type) is null)
        {
            throw new JsonException($"member '{member}' holds null, which is none of what it holds");
        }
    }

    private static void CheckNumber(long number, Type type, string member)
    {
        if (Bare(type) == typeof(long) && member.EndsWith(Milliseconds, StringComparison.Ordinal))
        {
            Require(number, EarliestMs, Epochs.LatestMs, member, "a time in milliseconds since 1970");
        }
        else if (Bare(type) is var bare && (bare == typeof(uint) || bare == typeof(long))
            && member.EndsWith(Epoch, StringComparison.OrdinalIgnoreCase))
        {
            Require(number, 0, Epochs.Latest, member, "an epoch");
        }
    }

    private static void Require(long value, long least, long most, string member, string what)
    {
        if (value < least || value > most)
        {
            throw new JsonException($"member '{member}' is not {what} between the years 1900 and 9000");
        }
    }

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
