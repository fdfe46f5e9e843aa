// SPDX-License-Identifier: Apache-2.0
//
// The records' file: SQLite with a write-ahead log, synced at every commit. One connection, one user at a time; its
// steps forward are Sql/NNNN-name.sql, each in a transaction of its own together with its number (PRAGMA user_version).
using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Weir.Desk.Records;

/// <summary>The file of records cannot be had or does not hold together; the message names it and the mend.</summary>
public sealed class RecordsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An open file of records.</summary>
public sealed class RecordsFile : IDisposable
{
    private const string Folder = ".Records.Sql.";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private RecordsFile(SqliteConnection connection, string path) => (_connection, Path) = (connection, path);

    public string Path { get; }

    /// <summary>Opens or makes the file and brings its tables up to date.</summary>
    /// <exception cref="RecordsException">It cannot be had, is damaged, or belongs to a newer Weir.</exception>
    public static RecordsFile Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, OwnerOnly);
            connection.Open();
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = "
                + "ON; PRAGMA secure_delete = ON");
            Upgrade(connection, path);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new(connection, path);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            throw new RecordsException($"the records in {path} cannot be opened: {fault.Message}; give the folder to "
                + "this user, or restore the file from a backup", fault);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }

    /// <summary>Reads on another thread.</summary>
    internal async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => read(_connection), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes everything or nothing; durable when it returns.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var result = write(connection);
            transaction.Commit();
            return result;
        },
        cancel);

    internal static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        _ = command.ExecuteNonQuery();
    }

    private static void Upgrade(SqliteConnection connection, string path)
    {
        var steps = Steps();
        using var ask = connection.CreateCommand();
        ask.CommandText = "PRAGMA user_version";
        var done = Convert.ToInt32(ask.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (done > steps.Keys[^1])
        {
            throw new RecordsException(FormattableString.Invariant(
                $"the records in {path} are of step {done} and this Weir knows {steps.Keys[^1]}; run the newer Weir"));
        }

        foreach (var (number, text) in steps.Where(step => step.Key > done))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            Run(connection, text);
            Run(connection, FormattableString.Invariant($"PRAGMA user_version = {number}"));
            transaction.Commit();
        }
    }

    private static SortedList<int, string> Steps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var steps = new SortedList<int, string>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var at = name.IndexOf(Folder, StringComparison.Ordinal);
            if (at >= 0 && int.TryParse(
                name.AsSpan(at + Folder.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                steps.Add(number, reader.ReadToEnd());
            }
        }

        return steps;
    }
}
