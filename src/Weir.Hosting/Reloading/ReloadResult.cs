// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Hosting.Reloading;

/// <summary>What came of a reading of the configuration while running.</summary>
public enum ReloadOutcome : byte
{
    /// <summary>The file of the start is in force.</summary>
    None,

    /// <summary>What could change has changed.</summary>
    Reloaded,

    /// <summary>The file is not sound, or a part of it could not be taken: what was in force stays.</summary>
    Refused,
}

/// <summary>How a process stands with its configuration.</summary>
public sealed record ReloadResult
{
    /// <summary>Its name.</summary>
    public required string Process { get; init; }

    /// <summary>Its process number: SIGHUP to it has the configuration read again.</summary>
    public required int Pid { get; init; }

    /// <summary>Times the configuration was read again since the start.</summary>
    public int Count { get; init; }

    /// <summary>When it was last; null where it was not.</summary>
    public DateTimeOffset? At { get; init; }

    public ReloadOutcome Outcome { get; init; }

    /// <summary>Settings whose new value is in force, by name.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Settings that differ from what is in force, and count at the next start.</summary>
    public IReadOnlyList<string> AtNextStart { get; init; } = [];

    /// <summary>Lists that were read anew or have lines that are no entry: name, entries and the refused lines.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Why it was refused: file, line, column and a sentence, one each.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>As it is served.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReloadJson.Default.ReloadResult);

    /// <summary>Null where it is none.</summary>
    public static ReloadResult? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReloadJson.Default.ReloadResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The latest result of this process. Safe for any thread.</summary>
public sealed class ReloadState(string process)
{
    private ReloadResult _latest = new() { Process = process, Pid = Environment.ProcessId };

    public ReloadResult Latest => Volatile.Read(ref _latest);

    /// <summary>Takes the next result; numbered here.</summary>
    public void Record(ReloadResult result) => Volatile.Write(ref _latest, result with { Count = _latest.Count + 1 });
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReloadResult))]
internal sealed partial class ReloadJson : JsonSerializerContext;
