// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Hosting.Backups;

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its path in the archive, with slashes.</param>
/// <param name="Octets">Its length.</param>
/// <param name="Sha256">Of its content, lower-case hexadecimal.</param>
internal sealed record BackedUpFile(string Name, long Octets, string Sha256);

/// <summary>An SQLite file of a backup.</summary>
/// <param name="Name">The part's name.</param>
/// <param name="Version">The last step of its tables.</param>
internal sealed record BackedUpTables(string Name, int Version);

/// <summary>Where the process's chain stood.</summary>
/// <param name="Sequence">Of its last entry.</param>
/// <param name="Hash">Of that entry.</param>
internal sealed record BackedUpChain(long Sequence, string Hash);

/// <summary><c>manifest.json</c>, the first file of a backup.</summary>
internal sealed record BackupManifest
{
    /// <summary>The form of a backup that this program writes.</summary>
    public const string Form = "weir.backup/1";

    public const string FileName = "manifest.json";

    public required string Schema { get; init; }

    public required string Process { get; init; }

    /// <summary>Version of the program that made it.</summary>
    public required string Program { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How often the process was restored before.</summary>
    public required int Instance { get; init; }

    /// <summary>Null where it had no chain.</summary>
    public required BackedUpChain? Chain { get; init; }

    public required IReadOnlyList<BackedUpTables> Tables { get; init; }

    public required IReadOnlyList<BackedUpFile> Files { get; init; }

    /// <summary>What it does not hold, and why.</summary>
    public required IReadOnlyList<LeftOut> LeftOut { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
