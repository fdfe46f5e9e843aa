// SPDX-License-Identifier: Apache-2.0
//
// The one way to an SQLite file: a write-ahead log synced at every commit, what is erased is overwritten, foreign keys
// hold, the file and what lies beside it are its owner's alone. Steps forward run each in a transaction of its own
// together with its number (PRAGMA user_version); a file of a newer program is refused, since an older one would write
// rows that the newer cannot trust.
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Weir.Hosting.Files;

namespace Weir.Hosting.Sqlite;

/// <summary>An open file. <see cref="ReadAsync"/> and <see cref="WriteAsync"/> are safe for any thread, one at a time;
/// the other members are for one thread. Statements throw <see cref="DbException"/> where the file refuses, and
/// <see cref="SqliteDiskException"/> where the disk does.</summary>
public sealed class SqliteFile : IDisposable
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _disposed;

    private SqliteFile(SqliteConnection connection, string path) => (_connection, Path) = (connection, path);

    public string Path { get; }

    /// <summary>Set while a step is being written.</summary>
    internal SqliteTransaction? Transaction { get; private set; }

    /// <summary>Opens or makes the file and brings its tables up to date.</summary>
    /// <exception cref="SqliteFileException">It cannot be had, is damaged, or belongs to a newer Weir.</exception>
    public static SqliteFile Open(SqliteFileOptions options)
    {
        SqliteFile? file = null;
        try
        {
            Make(options.Path);
            file = new(Connect(options.Path, options.Patience, SqliteOpenMode.ReadWrite), options.Path);
            file.Prepare(options);
            return file;
        }
        catch (Exception fault) when (fault is DbException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw fault as SqliteFileException ?? Refusal(options, fault);
        }
    }

    /// <summary>Opens a file that another may have open, to read only; its tables are as they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">How to call it in a message.</param>
    /// <exception cref="SqliteFileException">It is not there, cannot be read or is damaged.</exception>
    public static SqliteFile OpenReadOnly(string path, string name)
    {
        try
        {
            return new(Connect(path, TimeSpan.FromSeconds(30), SqliteOpenMode.ReadOnly), path);
        }
        catch (SqliteException fault)
        {
            throw new SqliteFileException(
                $"{path} ({name}) cannot be read: {fault.Message}; ask as the user that it belongs to", fault);
        }
    }

    /// <summary>Copies everything as of one moment into a new file, while others write.</summary>
    /// <returns>The last step of its tables.</returns>
    /// <exception cref="SqliteFileException">Either file cannot be had.</exception>
    internal int CopyTo(string path)
    {
        try
        {
            Make(path);
            using var copy = Connect(path, TimeSpan.FromSeconds(30), SqliteOpenMode.ReadWrite);
            _connection.BackupDatabase(copy);
            return Read("PRAGMA user_version", row => row.GetInt32(0))[0];
        }
        catch (DbException fault)
        {
            throw new SqliteFileException($"{Path} cannot be copied to {path}: {fault.Message}", fault);
        }
    }

    /// <summary>A statement to run for row after row.</summary>
    public SqliteStatement Statement(string sql) => new(this, _connection.CreateCommand(), sql);

    /// <summary>Runs a statement once, with these values in place of <c>$1</c>, <c>$2</c>, …</summary>
    /// <returns>How many rows changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values)
    {
        using var statement = Statement(sql);
        return statement.Run(values);
    }

    /// <summary>Reads every row of a statement that is asked once.</summary>
    public List<T> Read<T>(string sql, Func<DbDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var statement = Statement(sql);
        return statement.Read(row, values);
    }

    /// <summary>Passes every row on, one after the other: for more than memory should hold.</summary>
    public void Each(string sql, Action<DbDataReader> row)
    {
        using var statement = Statement(sql);
        statement.Each(row);
    }

    /// <summary>Writes everything or nothing; durable when it returns.</summary>
    public T Write<T>(Func<T> write)
    {
        try
        {
            return Commit(write);
        }
        catch (SqliteException fault) when (SqliteDiskException.CodeOf(fault, Path) != 0)
        {
            throw SqliteDiskException.Of(fault, Path);
        }
    }

    private T Commit<T>(Func<T> write)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        Transaction = transaction;
        try
        {
            var result = write();
            transaction.Commit();
            return result;
        }
        finally
        {
            Transaction = null;
        }
    }

    /// <summary>Reads on another thread, when those before are done.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteFile, T> read, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => read(this), CancellationToken.None);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Writes everything or nothing on another thread; durable when it returns.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteFile, T> write, CancellationToken cancel) =>
        ReadAsync(file => file.Write(() => write(file)), cancel);

    /// <summary>Who has the turn ends it first: a connection is one thread's.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _turn.Wait();
            _connection.Dispose();
            _turn.Dispose();
        }
    }

    /// <summary>The file is made here and not by SQLite, so that nobody else can read it for a moment; the log beside
    /// it gets the same mode.</summary>
    private static void Make(string path)
    {
        Directory.CreateDirectory(
            System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, KeyFile.OwnerFolder);
        using (new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = KeyFile.OwnerOnly,
        }))
        {
            File.SetUnixFileMode(path, KeyFile.OwnerOnly);
        }
    }

    private static SqliteConnection Connect(string path, TimeSpan patience, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, Pooling = false, DefaultTimeout = (int)patience.TotalSeconds, Mode = mode,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteFileOptions options)
    {
        if (options.GivesPagesBack)
        {
            _ = Run("PRAGMA auto_vacuum = INCREMENTAL");
        }

        _ = Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
            + "PRAGMA secure_delete = ON");
        var done = Read("PRAGMA user_version", row => row.GetInt32(0))[0];
        if (done > options.Migrations.Version)
        {
            throw new SqliteFileException(string.Create(CultureInfo.InvariantCulture,
                $"{options.Path} ({options.Name}) is of version {done} and this Weir knows {options.Migrations.Version}; ")
                + "run the newer Weir");
        }

        foreach (var (number, sql) in options.Migrations.After(done))
        {
            _ = Write(() =>
                Run(sql) + Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {number}")));
        }
    }

    private static SqliteFileException Refusal(SqliteFileOptions options, Exception fault) =>
        fault is SqliteException { SqliteErrorCode: Corrupt or NotADatabase }
            ? new($"{options.Path} ({options.Name}) is damaged: {fault.Message}; {options.WhenDamaged}", fault)
            : new(
                $"{options.Path} ({options.Name}) cannot be opened: {fault.Message}; give the folder to this user, or "
                + options.WhenDamaged, fault);
}
