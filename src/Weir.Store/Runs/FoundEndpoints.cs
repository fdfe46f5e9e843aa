// SPDX-License-Identifier: Apache-2.0
//
// Endpoints that comparisons of this store found to be candidates, published or withheld, and when last: only these can
// be looked back for, so that nobody has an endpoint of interest promoted and learns who met it.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Hosting.Posix;

namespace Weir.Store.Runs;

/// <summary>What was found. Safe for any thread.</summary>
internal sealed class FoundEndpoints
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeSpan _for;
    private readonly TimeProvider _time;
    private Dictionary<string, DateTimeOffset> _found = [];

    /// <exception cref="InvalidDataException">The file is none of ours.</exception>
    public FoundEndpoints(ComparisonOptions options, TimeProvider time)
    {
        (_path, _for, _time) = (options.FoundFile, options.FoundFor, time);
        if (!File.Exists(_path))
        {
            return;
        }

        try
        {
            _found = JsonSerializer.Deserialize(
                File.ReadAllBytes(_path), FoundContext.Default.DictionaryStringDateTimeOffset) ?? [];
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{_path} is damaged: {fault.Message}; take it away, and what was found "
                + "before can be promoted once a comparison finds it again", fault);
        }
    }

    /// <summary>Notes what a run found, durably.</summary>
    public void Add(IEnumerable<Endpoint> endpoints)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var next = _found.Where(one => one.Value >= now - _for).ToDictionary(StringComparer.Ordinal);
            foreach (var endpoint in endpoints)
            {
                next[endpoint.ToString()] = now;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var beside = _path + ".next";
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(JsonSerializer.SerializeToUtf8Bytes(
                    next, FoundContext.Default.DictionaryStringDateTimeOffset));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, _path, overwrite: true);
            FolderSync.Flush(Path.GetDirectoryName(_path)!);
            _found = next;
        }
    }

    /// <summary>Whether a comparison found it, not too long ago.</summary>
    public bool Has(Endpoint endpoint)
    {
        lock (_gate)
        {
            return _found.TryGetValue(endpoint.ToString(), out var at) && at >= _time.GetUtcNow() - _for;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(Dictionary<string, DateTimeOffset>))]
internal sealed partial class FoundContext : JsonSerializerContext;
