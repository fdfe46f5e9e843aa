// SPDX-License-Identifier: Apache-2.0
//
// Another shape for a JSON message: what a chat, a ticket system or a SIEM wants to be posted. The template is JSON
// itself with {{name}} inside its strings; it is filled as a tree and written by the JSON writer, so no value can break
// out.
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Weir.Hosting.Channels;

/// <summary>Made by <see cref="TryParse"/>.</summary>
public sealed partial class JsonTemplate
{
    private readonly string _text;

    private JsonTemplate(string text) => _text = text;

    /// <summary>Reads a template: JSON, in whose strings <c>{{words.rule}}</c> stands for a field, by dots where it
    /// lies deeper. A string that is one such name and nothing else takes the field as it is, a number as a
    /// number.</summary>
    public static bool TryParse(string text, out JsonTemplate? template, out string fault)
    {
        (template, fault) = (null, "");
        try
        {
            if (JsonNode.Parse(text) is null)
            {
                fault = "is null";
                return false;
            }

            template = new JsonTemplate(text);
            return true;
        }
        catch (JsonException bad)
        {
            fault = FormattableString.Invariant($"is no JSON in line {(bad.LineNumber ?? 0) + 1}");
            return false;
        }
    }

    /// <summary>Fills it. What the message does not have is empty.</summary>
    /// <exception cref="ChannelException">The message is no JSON.</exception>
    public ReadOnlyMemory<byte> Render(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(Filled(JsonNode.Parse(_text), JsonNode.Parse(json)));
        }
        catch (JsonException fault)
        {
            throw new ChannelException(
                "a message that is no JSON cannot be put into a template", isForGood: true, fault);
        }
    }

    private static JsonNode? Filled(JsonNode? template, JsonNode? message) => template switch
    {
        JsonObject fields =>
            new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Filled(field.Value, message)))),
        JsonArray items => new JsonArray([.. items.Select(item => Filled(item, message))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Text(text, message),
        _ => template?.DeepClone(),
    };

    private static JsonNode? Text(string text, JsonNode? message) =>
        Name().Match(text) is { Success: true } whole && whole.Length == text.Length
            ? Find(message, whole.Groups[1].Value)?.DeepClone() ?? ""
            : JsonValue.Create(Name().Replace(text, name => Find(message, name.Groups[1].Value)?.ToString() ?? ""));

    private static JsonNode? Find(JsonNode? message, string path) =>
        path.Split('.').Aggregate(message, (at, name) =>
            at is JsonObject fields && fields.TryGetPropertyValue(name, out var value) ? value : null);

    [GeneratedRegex(@"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")]
    private static partial Regex Name();
}
