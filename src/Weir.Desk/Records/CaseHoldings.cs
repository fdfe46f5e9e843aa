// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Records;

/// <summary>What the records hold of people: cases that are not erased.</summary>
/// <param name="Cases">Cases with a subject.</param>
/// <param name="Oldest">When the oldest of them was opened; null where there is none.</param>
/// <param name="Newest">When the newest was opened.</param>
/// <param name="OldestClosed">When the one was closed that has been closed longest; null where none is.</param>
/// <param name="Octets">The file and its log.</param>
public readonly record struct CaseInventory(
    long Cases, DateTimeOffset? Oldest, DateTimeOffset? Newest, DateTimeOffset? OldestClosed, long Octets)
{
    private const string Look = "SELECT count(*), min(opened_ms), max(opened_ms), min(CASE WHEN state = 4 THEN "
        + "closed_ms END) FROM cases WHERE id IN (SELECT case_id FROM case_subjects)";

    /// <summary>Looks into a file of records from beside, without changing it; nothing is held where
    /// there is none.</summary>
    /// <exception cref="RecordsException">It cannot be read.</exception>
    public static CaseInventory ReadFrom(string path)
    {
        if (!File.Exists(path))
        {
            return default;
        }

        try
        {
            using var file = SqliteFile.OpenReadOnly(path, "the records");
            var octets = new[] { path, path + "-wal" }.Where(File.Exists).Sum(part => new FileInfo(part).Length);
            return file.Read(
                Look,
                row => new CaseInventory(row.GetInt64(0), row.MaybeAt(1), row.MaybeAt(2), row.MaybeAt(3), octets))[0];
        }
        catch (SqliteFileException fault)
        {
            throw new RecordsException(fault.Message, fault);
        }
        catch (DbException fault)
        {
            throw new RecordsException(
                $"the records in {path} cannot be read: {fault.Message}; ask as the user that they belong to", fault);
        }
    }
}
