// SPDX-License-Identifier: Apache-2.0
//
// The identity tables on disk: an SQLite file of the vault's own, readable by its user alone, apart from flows and
// cases. What changed is written in one transaction and is durable when Write returns; a crash loses only what was not
// yet answered. What is erased is overwritten (secure_delete) and its pages are given back (incremental vacuum).
using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Keeping;

/// <summary>Keeps holdings and sessions. One thread at a time.</summary>
internal sealed class IdentityStore : IDisposable
{
    private const string Schema = """
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        CREATE TABLE IF NOT EXISTS holding (
          serial INTEGER PRIMARY KEY, network BLOB NOT NULL, length INTEGER NOT NULL, source INTEGER NOT NULL, port_from INTEGER NOT NULL, port_to INTEGER NOT NULL,
          begin_ms INTEGER NOT NULL, sure_ms INTEGER NOT NULL, heard_ms INTEGER NOT NULL, promise_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
          stopped INTEGER NOT NULL, line TEXT, inside BLOB, protocol INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS session (
          key BLOB PRIMARY KEY, nas BLOB NOT NULL, line TEXT NOT NULL, start_ms INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
          stop_ms INTEGER NOT NULL, rhythm_ms INTEGER NOT NULL, digest INTEGER NOT NULL, holdings BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS session_identification (key BLOB PRIMARY KEY, closed BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS restart (nas BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (nas, at_ms)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS place (source TEXT PRIMARY KEY, inode INTEGER NOT NULL, octets INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _putHolding;
    private readonly SqliteCommand _dropHolding;
    private readonly SqliteCommand _putSession;
    private readonly SqliteCommand _dropSession;
    private readonly SqliteCommand _putIdentification;
    private readonly SqliteCommand _dropIdentification;
    private readonly SqliteCommand _putRestart;

    private IdentityStore(SqliteConnection connection)
    {
        _connection = connection;
        _putHolding = Command(
            "INSERT OR REPLACE INTO holding VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)", 15);
        _dropHolding = Command("DELETE FROM holding WHERE serial = $1", 1);
        _putSession = Command("INSERT OR REPLACE INTO session VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10);
        _dropSession = Command("DELETE FROM session WHERE key = $1", 1);
        _putIdentification = Command("INSERT OR REPLACE INTO session_identification VALUES ($1, $2)", 2);
        _dropIdentification = Command("DELETE FROM session_identification WHERE key = $1", 1);
        _putRestart = Command("INSERT OR IGNORE INTO restart VALUES ($1, $2)", 2);
    }

    /// <summary>Opens the file, making it with mode 0600 where it is missing.</summary>
    /// <exception cref="IdentityException">The file cannot be opened, or is no identity store.</exception>
    public static IdentityStore Open(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = OwnerOnly
            }))
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }

            var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }
                    .ToString());
            connection.Open();
            using var schema = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the constant above.
            schema.CommandText = Schema;
#pragma warning restore CA2100 // Nothing else is put together.
            schema.ExecuteNonQuery();
            return new IdentityStore(connection);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"the identity store {path} cannot be opened: {fault.Message}; give the "
                + "vault's user a folder of its own, or move a damaged file away", fault);
        }
    }

    /// <summary>Writes all changes as one; when it returns they are on disk.</summary>
    /// <exception cref="SqliteException">The disk refuses; nothing of it was written, and it
    /// may be tried again.</exception>
    public void Write(AddressLeaseChanges holdings, SessionChanges sessions)
    {
        if (holdings.Changed.Count + holdings.Gone.Count + sessions.Changed.Count
            + sessions.Gone.Count + sessions.Restarts.Count == 0)
        {
            return;
        }

        using var transaction = _connection.BeginTransaction();
        foreach (var row in holdings.Changed)
        {
            Run(
                _putHolding, transaction, row.Serial, Octets(row.Space.Network), (int)row.Space.Length,
                (int)row.Space.Source, (int)row.Space.PortFrom, (int)row.Space.PortTo, row.Span.Begin, row.Span.Sure,
                row.Span.Heard, row.Span.Promise, row.Span.End, row.IsStopped ? 1 : 0,
                (object?)row.Line ?? DBNull.Value, row.Line is null ? Octets(row.Inside.Bits) : DBNull.Value,
                (int)row.Space.Protocol);
        }

        foreach (var serial in holdings.Gone)
        {
            Run(_dropHolding, transaction, serial);
        }

        foreach (var session in sessions.Changed)
        {
            Run(
                _putSession, transaction, Octets(session.Key), Octets(session.Nas), session.Line.Text, session.StartMs,
                session.FirstMs, session.LastMs, session.StopMs, session.RhythmMs, (long)session.StartDigest,
                Serials(session));
            if (session.Identification.Length > 0)
            {
                Run(_putIdentification, transaction, Octets(session.Key), session.Identification);
            }
            else
            {
                Run(_dropIdentification, transaction, Octets(session.Key));
            }
        }

        foreach (var key in sessions.Gone)
        {
            Run(_dropSession, transaction, Octets(key));
            Run(_dropIdentification, transaction, Octets(key));
        }

        foreach (var (nas, at) in sessions.Restarts)
        {
            Run(_putRestart, transaction, Octets(nas), at);
        }

        transaction.Commit();
    }

    /// <summary>Gives the table and the sessions back what was kept.</summary>
    public void Restore(IdentityTable table, RadiusSessions sessions)
    {
        var held = new Dictionary<long, (AddressKey, AddressLeaseRef)>();
        using var holdings = Command("SELECT serial, network, length, source, port_from, port_to, begin_ms, sure_ms, "
            + "heard_ms, promise_ms, end_ms, stopped, line, inside, protocol FROM holding", 0);
        using (var reader = holdings.ExecuteReader())
        {
            while (reader.Read())
            {
                var space = new AddressKey(
                    Key(reader, 1), (byte)reader.GetInt32(2), (IdentitySource)reader.GetInt32(3),
                    (ushort)reader.GetInt32(4), (ushort)reader.GetInt32(5), (byte)reader.GetInt32(14));
                var span = new LeaseValidity(
                    reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9),
                    reader.GetInt64(10));
                var named = !reader.IsDBNull(12);
                var row = new AddressLeaseRow(
                    reader.GetInt64(0), space, span, reader.GetInt32(11) != 0, named ? reader.GetString(12) : null,
                    named ? default : new IpKey(Key(reader, 13)));
                held[row.Serial] = (space, table.Restore(row));
            }
        }

        using var restarts = Command("SELECT nas, at_ms FROM restart", 0);
        using (var reader = restarts.ExecuteReader())
        {
            while (reader.Read())
            {
                sessions.Restore(Key(reader, 0), reader.GetInt64(1));
            }
        }

        using var kept = Command("SELECT session.key, nas, line, start_ms, first_ms, last_ms, stop_ms, rhythm_ms, "
            + "digest, holdings, closed FROM session LEFT JOIN session_identification USING (key)", 0);
        using (var reader = kept.ExecuteReader())
        {
            while (reader.Read())
            {
                var session = new RadiusSession
                {
                    Key = Key(reader, 0),
                    Nas = Key(reader, 1),
                    Line = new SubscriberLineName(reader.GetString(2)),
                    StartMs = reader.GetInt64(3),
                    FirstMs = reader.GetInt64(4),
                    LastMs = reader.GetInt64(5),
                    StopMs = reader.GetInt64(6),
                    RhythmMs = reader.GetInt64(7),
                    StartDigest = (ulong)reader.GetInt64(8),
                    Identification = reader.IsDBNull(10) ? [] : (byte[])reader[10],
                };
                var serials = (byte[])reader[9];
                for (var i = 0; i + 8 <= serials.Length; i += 8)
                {
                    if (held.TryGetValue(BinaryPrimitives.ReadInt64BigEndian(serials.AsSpan(i)), out var one))
                    {
                        session.Holdings.Add(one);
                    }
                }

                sessions.Restore(session);
            }
        }
    }

    /// <summary>Gives erased pages back to the file system and empties the write-ahead log.</summary>
    public void Shrink(long cutoffMs)
    {
        using var restarts = Command("DELETE FROM restart WHERE at_ms < $1", 1);
        Run(restarts, null, cutoffMs);
        using var vacuum = Command("PRAGMA incremental_vacuum", 0);
        using (var reader = vacuum.ExecuteReader())
        {
            while (reader.Read())
            {
            }
        }

        using var checkpoint = Command("PRAGMA wal_checkpoint(TRUNCATE)", 0);
        checkpoint.ExecuteNonQuery();
    }

    /// <summary>How far a followed file was read.</summary>
    public (long Inode, long Octets) PlaceOf(string source)
    {
        using var command = Command("SELECT inode, octets FROM place WHERE source = $1", 1);
        command.Parameters[0].Value = source;
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
    }

    public void SetPlace(string source, long inode, long octets)
    {
        using var command = Command("INSERT OR REPLACE INTO place VALUES ($1, $2, $3)", 3);
        Run(command, null, source, inode, octets);
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[
            _putHolding, _dropHolding, _putSession, _dropSession, _putIdentification, _dropIdentification, _putRestart])
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static void Run(SqliteCommand command, SqliteTransaction? transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private static byte[] Octets(UInt128 value)
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, value);
        return octets;
    }

    private static UInt128 Key(SqliteDataReader reader, int column) =>
        BinaryPrimitives.ReadUInt128BigEndian((byte[])reader[column]);

    private static byte[] Serials(RadiusSession session)
    {
        var octets = new byte[8 * session.Holdings.Count];
        for (var i = 0; i < session.Holdings.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(octets.AsSpan(8 * i), session.Holdings[i].Held.Serial);
        }

        return octets;
    }

    private SqliteCommand Command(string text, int parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this file; values go in as parameters.
        command.CommandText = text;
#pragma warning restore CA2100 // Nothing else is put together.
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        return command;
    }
}
