// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Reports;

/// <summary>
/// One published figure: a number where it may be shown, and words where only a band, an order of magnitude or "&lt;10"
/// may (rules.md R11). In JSON a number is a number and words are a string, so a reader tells them apart by type.
/// </summary>
[JsonConverter(typeof(PublishedValueConverter))]
public readonly record struct PublishedValue
{
    private PublishedValue(double number, string? words) => (Number, Words) = (number, words);

    /// <summary>The number; meaningful only where <see cref="IsNumber"/>.</summary>
    public double Number { get; }

    /// <summary>A band such as "10-19", an order of magnitude such as "1e-20", or "&lt;10"; null
    /// for a plain number.</summary>
    public string? Words { get; }

    public bool IsNumber => Words is null;

    public static implicit operator PublishedValue(long number) => new(number, null);

    /// <summary>A measured value; an infinite or undefined one has no place in a report and is an error
    /// of the caller.</summary>
    public static implicit operator PublishedValue(double number) => double.IsFinite(number)
        ? new(number, null)
        : throw new ArgumentOutOfRangeException(nameof(number), "a published figure is finite");

    public static PublishedValue FromText(string words) => new(0, words);

    /// <summary>As people read it: grouped digits, or a power of ten for what is very small.</summary>
    public override string ToString() => Words ?? Number switch
    {
        0 => "0",
        var n when n == Math.Truncate(n) && Math.Abs(n) < 1e15 => n.ToString("N0", CultureInfo.InvariantCulture),
        var n when Math.Abs(n) < 0.001 => n.ToString("0.0e-0", CultureInfo.InvariantCulture),
        var n => n.ToString(Math.Abs(n) < 1 ? "0.###" : "N2", CultureInfo.InvariantCulture),
    };
}

internal sealed class PublishedValueConverter : JsonConverter<PublishedValue>
{
    public override PublishedValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? PublishedValue.FromText(reader.GetString()!) : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, PublishedValue value, JsonSerializerOptions options)
    {
        if (value.Words is { } words)
        {
            writer.WriteStringValue(words);
        }
        else if (value.Number == Math.Truncate(value.Number) && Math.Abs(value.Number) < 1e15)
        {
            writer.WriteNumberValue((long)value.Number);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
