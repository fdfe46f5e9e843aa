// SPDX-License-Identifier: Apache-2.0
//
// How far each passkey counted, so that a copy of one, or a signature that is brought again, is seen (W3C Web
// Authentication Level 3, section 6.1.1). One that does not count says 0 always, and tells nothing.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Hosting.Files;

namespace Weir.Hosting.Browsers;

/// <summary>Counters, in a file where one is named. Safe for any thread.</summary>
internal sealed class PasskeyCounters
{
    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly Dictionary<string, uint> _counters;

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public PasskeyCounters(string? file)
    {
        _file = file;
        if (file is null)
        {
            _counters = [];
            return;
        }

        KeyFile.Folder(Path.GetDirectoryName(file)!);
        try
        {
            _counters = KeyFile.ReadIfAny(file) is { } kept
                ? JsonSerializer.Deserialize(kept, PasskeyCountersJson.Default.DictionaryStringUInt32) ?? []
                : [];
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{file}: is no list of what passkeys counted ({damaged.Message}); restore the file, or remove it and "
                + "know that a copied passkey is not seen until it is used again", damaged);
        }
    }

    /// <summary>Takes what a passkey counted; durable when it returns.</summary>
    /// <returns>False where it is not further than before.</returns>
    /// <exception cref="IOException">It could not be written: nothing is taken.</exception>
    public bool TryAdvance(string credential, uint counter)
    {
        lock (_gate)
        {
            var before = _counters.GetValueOrDefault(credential);
            if (counter == 0 && before == 0)
            {
                return true;
            }

            if (counter <= before)
            {
                return false;
            }

            // First the file: where it cannot be written, what was signed counts for nothing and may come again.
            if (_file is not null)
            {
                KeyFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(
                    new Dictionary<string, uint>(_counters) { [credential] = counter },
                    PasskeyCountersJson.Default.DictionaryStringUInt32));
            }

            _counters[credential] = counter;
            return true;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(Dictionary<string, uint>))]
internal sealed partial class PasskeyCountersJson : JsonSerializerContext;
