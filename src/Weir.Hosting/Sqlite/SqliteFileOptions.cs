// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Sqlite;

/// <summary>Which file, and what is in it.</summary>
public sealed record SqliteFileOptions
{
    /// <summary>The file; made with its folder where it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>How to call it in a message, such as <c>the records</c>.</summary>
    public required string Name { get; init; }

    public required SqliteMigrations Migrations { get; init; }

    /// <summary>What to do where the file is damaged.</summary>
    public string WhenDamaged { get; init; } = "restore it from a backup";

    /// <summary>How long a statement waits for another user of the file.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pages of erased rows can be given back to the file system (<c>PRAGMA incremental_vacuum</c>).</summary>
    public bool GivesPagesBack { get; init; }
}

/// <summary>A file cannot be had, is damaged or belongs to a newer Weir; the message names it and the fix.</summary>
public sealed class SqliteFileException(string message, Exception? inner = null) : IOException(message, inner);
