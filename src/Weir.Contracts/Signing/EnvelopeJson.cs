// SPDX-License-Identifier: Apache-2.0
//
// The JSON form: {"type","version","key","payload","signature"}, each once, nothing else, octets in base64 with
// padding. Any source-generated context may hold envelopes; they are read and written here.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Signing;

/// <summary>The JSON form of envelopes that stand alone; contexts that hold them inside something larger need no more
/// than the type.</summary>
public static class EnvelopeJson
{
    /// <summary>UTF-8 JSON of an envelope.</summary>
    public static byte[] Format(Envelope envelope) =>
        JsonSerializer.SerializeToUtf8Bytes(envelope, EnvelopeContext.Default.Envelope);

    /// <summary>Reads UTF-8 JSON from outside. Never throws.</summary>
    /// <returns>What is wrong with it, or <see cref="EnvelopeFault.None"/>.</returns>
    public static EnvelopeFault TryParse(ReadOnlySpan<byte> json, out Envelope? envelope)
    {
        envelope = null;
        try
        {
            return JsonSerializer.Deserialize(json, EnvelopeContext.Default.EnvelopeFields) is { } parts
                ? parts.TryCreate(out envelope)
                : EnvelopeFault.Malformed;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return EnvelopeFault.Malformed;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Envelope))]
[JsonSerializable(typeof(EnvelopeFields))]
internal sealed partial class EnvelopeContext : JsonSerializerContext;

/// <summary>An envelope as JSON has it.</summary>
internal sealed record EnvelopeFields(string Type, int Version, string Key, string Payload, string Signature)
{
    public EnvelopeFault TryCreate(out Envelope? envelope)
    {
        envelope = null;
        return KeyId.TryParse(Key, out var key)
            && StrictBase64.TryDecode(Payload, out var payload)
            && StrictBase64.TryDecode(Signature, out var signature)
            ? Envelope.TryCreate(Type, Version, key, payload, signature, out envelope)
            : EnvelopeFault.Malformed;
    }
}

/// <summary>Reads and writes envelopes inside other JSON; what is no envelope is a
/// <see cref="JsonException"/>.</summary>
internal sealed class EnvelopeConverter : JsonConverter<Envelope>
{
    public override Envelope Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var fault = EnvelopeFault.Malformed;
        Envelope? envelope = null;
        if (JsonSerializer.Deserialize(ref reader, EnvelopeContext.Default.EnvelopeFields) is { } parts)
        {
            fault = parts.TryCreate(out envelope);
        }

        return envelope ?? throw new JsonException($"this is no envelope: {EnvelopeFaults.Word(fault)}");
    }

    public override void Write(Utf8JsonWriter writer, Envelope value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", value.Type);
        writer.WriteNumber("version", value.Version);
        writer.WriteString("key", value.Key.ToString());
        writer.WriteBase64String("payload", value.Payload.Span);
        writer.WriteBase64String("signature", value.Signature);
        writer.WriteEndObject();
    }
}
