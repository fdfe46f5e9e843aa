// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Records;

/// <summary>The file of records cannot be had or does not hold together; the message names it and the fix.</summary>
public sealed class RecordsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An open file of records. Its tables are Sql/NNNN-name.sql.</summary>
public sealed class RecordsFile : IDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteFile _beside;

    private RecordsFile(SqliteFile file, SqliteFile beside) => (_file, _beside) = (file, beside);

    public string Path => _file.Path;

    /// <summary>Opens or makes the file and brings its tables up to date.</summary>
    /// <exception cref="RecordsException">It cannot be had, is damaged, or belongs to a newer Weir.</exception>
    public static RecordsFile Open(string path)
    {
        SqliteFile? file = null;
        try
        {
            file = SqliteFile.Open(new()
            {
                Path = path, Name = "the records", Migrations = SqliteMigrations.Beside<RecordsFile>(),
            });
            return new(file, SqliteFile.OpenReadOnly(path, "the records"));
        }
        catch (SqliteFileException fault)
        {
            file?.Dispose();
            throw new RecordsException(fault.Message, fault);
        }
    }

    public void Dispose()
    {
        _beside.Dispose();
        _file.Dispose();
    }

    /// <summary>Reads what is durable, beside who writes: a list that somebody looks at waits for no case that is being
    /// kept, and no case for it.</summary>
    internal Task<T> LookAsync<T>(Func<SqliteFile, T> read, CancellationToken cancel) =>
        _beside.ReadAsync(read, cancel);

    /// <summary>Reads on another thread.</summary>
    internal Task<T> ReadAsync<T>(Func<SqliteFile, T> read, CancellationToken cancel) =>
        _file.ReadAsync(read, cancel);

    /// <summary>Writes everything or nothing; durable when it returns.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteFile, T> write, CancellationToken cancel) =>
        _file.WriteAsync(write, cancel);
}
