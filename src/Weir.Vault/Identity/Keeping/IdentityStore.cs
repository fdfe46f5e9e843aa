// SPDX-License-Identifier: Apache-2.0
//
// The identity tables on disk: an SQLite file of the vault's own, readable by its user alone, apart from flows and
// cases. What changed is written in one transaction and is durable when Write returns; a crash loses only what was not
// yet answered. What is erased is overwritten (secure_delete) and its pages are given back (incremental vacuum).
using System.Buffers.Binary;
using System.Data.Common;
using Weir.Hosting.Sqlite;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Keeping;

/// <summary>Keeps holdings and sessions. One thread at a time.</summary>
internal sealed class IdentityStore : IDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteStatement _putHolding;
    private readonly SqliteStatement _dropHolding;
    private readonly SqliteStatement _putSession;
    private readonly SqliteStatement _dropSession;
    private readonly SqliteStatement _putIdentification;
    private readonly SqliteStatement _dropIdentification;
    private readonly SqliteStatement _putRestart;

    private IdentityStore(SqliteFile file)
    {
        _file = file;
        _putHolding = file.Statement(
            "INSERT OR REPLACE INTO holding VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
        _dropHolding = file.Statement("DELETE FROM holding WHERE serial = $1");
        _putSession = file.Statement(
            "INSERT OR REPLACE INTO session VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _dropSession = file.Statement("DELETE FROM session WHERE key = $1");
        _putIdentification = file.Statement("INSERT OR REPLACE INTO session_identification VALUES ($1, $2)");
        _dropIdentification = file.Statement("DELETE FROM session_identification WHERE key = $1");
        _putRestart = file.Statement("INSERT OR IGNORE INTO restart VALUES ($1, $2)");
    }

    /// <summary>Opens the file, making it with mode 0600 where it is missing.</summary>
    /// <exception cref="IdentityException">The file cannot be opened, or is no identity store.</exception>
    public static IdentityStore Open(string path)
    {
        try
        {
            return new(SqliteFile.Open(new()
            {
                Path = path, Name = "the identity store", Migrations = SqliteMigrations.Beside<IdentityStore>(),
                WhenDamaged = "move the damaged file away; leases are learnt anew from their sources",
                Patience = TimeSpan.FromSeconds(2), GivesPagesBack = true,
            }));
        }
        catch (SqliteFileException fault)
        {
            throw new IdentityException(fault.Message, fault);
        }
    }

    /// <summary>Writes all changes as one; when it returns they are on disk.</summary>
    /// <exception cref="DbException">The disk refuses; nothing of it was written, and it
    /// may be tried again.</exception>
    public void Write(AddressLeaseChanges holdings, SessionChanges sessions)
    {
        if (holdings.Changed.Count + holdings.Gone.Count + sessions.Changed.Count
            + sessions.Gone.Count + sessions.Restarts.Count == 0)
        {
            return;
        }

        _ = _file.Write(() =>
        {
            WriteHoldings(holdings);
            WriteSessions(sessions);
            return 0;
        });
    }

    private void WriteHoldings(AddressLeaseChanges holdings)
    {
        foreach (var row in holdings.Changed)
        {
            _ = _putHolding.Run(
                row.Serial, Octets(row.Space.Network), (int)row.Space.Length, (int)row.Space.Source,
                (int)row.Space.PortFrom, (int)row.Space.PortTo, row.Span.Begin, row.Span.Sure,
                row.Span.Heard, row.Span.Promise, row.Span.End, row.IsStopped ? 1 : 0,
                row.Line, row.Line is null ? Octets(row.Inside.Bits) : null,
                (int)row.Space.Protocol);
        }

        foreach (var serial in holdings.Gone)
        {
            _ = _dropHolding.Run(serial);
        }
    }

    private void WriteSessions(SessionChanges sessions)
    {
        foreach (var session in sessions.Changed)
        {
            _ = _putSession.Run(
                Octets(session.Key), Octets(session.Nas), session.Line.Text, session.StartMs,
                session.FirstMs, session.LastMs, session.StopMs, session.RhythmMs, (long)session.StartDigest,
                Serials(session));
            if (session.Identification.Length > 0)
            {
                _ = _putIdentification.Run(Octets(session.Key), session.Identification);
            }
            else
            {
                _ = _dropIdentification.Run(Octets(session.Key));
            }
        }

        foreach (var key in sessions.Gone)
        {
            _ = _dropSession.Run(Octets(key));
            _ = _dropIdentification.Run(Octets(key));
        }

        foreach (var (nas, at) in sessions.Restarts)
        {
            _ = _putRestart.Run(Octets(nas), at);
        }
    }

    /// <summary>Gives the table and the sessions back what was kept.</summary>
    public void Restore(IdentityTable table, RadiusSessions sessions)
    {
        var held = RestoreHoldings(table);
        _file.Each("SELECT nas, at_ms FROM restart", row => sessions.Restore(Key(row, 0), row.GetInt64(1)));
        _file.Each(
            "SELECT session.key, nas, line, start_ms, first_ms, last_ms, stop_ms, rhythm_ms, digest, holdings, closed "
                + "FROM session LEFT JOIN session_identification USING (key)",
            row => sessions.Restore(SessionOf(row, held)));
    }

    /// <summary>Gives erased pages back to the file system and empties the write-ahead log.</summary>
    public void Shrink(long cutoffMs)
    {
        _ = _file.Run("DELETE FROM restart WHERE at_ms < $1", cutoffMs);
        _file.Each("PRAGMA incremental_vacuum", _ => { });
        _ = _file.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>How far a followed file was read.</summary>
    public (long Inode, long Octets) PlaceOf(string source) =>
        _file.Read(
            "SELECT inode, octets FROM place WHERE source = $1", row => (row.GetInt64(0), row.GetInt64(1)), source)
            .FirstOrDefault();

    public void SetPlace(string source, long inode, long octets) =>
        _ = _file.Run("INSERT OR REPLACE INTO place VALUES ($1, $2, $3)", source, inode, octets);

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)[
            _putHolding, _dropHolding, _putSession, _dropSession, _putIdentification, _dropIdentification, _putRestart])
        {
            statement.Dispose();
        }

        _file.Dispose();
    }

    private Dictionary<long, (AddressKey Space, AddressLeaseRef Held)> RestoreHoldings(IdentityTable table)
    {
        var held = new Dictionary<long, (AddressKey, AddressLeaseRef)>();
        _file.Each(
            "SELECT serial, network, length, source, port_from, port_to, begin_ms, sure_ms, heard_ms, promise_ms, "
                + "end_ms, stopped, line, inside, protocol FROM holding",
            found =>
            {
                var space = new AddressKey(
                    Key(found, 1), (byte)found.GetInt32(2), (IdentitySource)found.GetInt32(3),
                    (ushort)found.GetInt32(4), (ushort)found.GetInt32(5), (byte)found.GetInt32(14));
                var span = new LeaseValidity(
                    found.GetInt64(6), found.GetInt64(7), found.GetInt64(8), found.GetInt64(9), found.GetInt64(10));
                var named = !found.IsDBNull(12);
                var row = new AddressLeaseRow(
                    found.GetInt64(0), space, span, found.GetInt32(11) != 0, named ? found.GetString(12) : null,
                    named ? default : new IpKey(Key(found, 13)));
                held[row.Serial] = (space, table.Restore(row));
            });
        return held;
    }

    private static RadiusSession SessionOf(
        DbDataReader row, Dictionary<long, (AddressKey Space, AddressLeaseRef Held)> held)
    {
        var session = new RadiusSession
        {
            Key = Key(row, 0),
            Nas = Key(row, 1),
            Line = new SubscriberLineName(row.GetString(2)),
            StartMs = row.GetInt64(3),
            FirstMs = row.GetInt64(4),
            LastMs = row.GetInt64(5),
            StopMs = row.GetInt64(6),
            RhythmMs = row.GetInt64(7),
            StartDigest = (ulong)row.GetInt64(8),
            Identification = row.IsDBNull(10) ? [] : (byte[])row[10],
        };
        var serials = (byte[])row[9];
        for (var i = 0; i + 8 <= serials.Length; i += 8)
        {
            if (held.TryGetValue(BinaryPrimitives.ReadInt64BigEndian(serials.AsSpan(i)), out var one))
            {
                session.Holdings.Add(one);
            }
        }

        return session;
    }

    private static byte[] Octets(UInt128 value)
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, value);
        return octets;
    }

    private static UInt128 Key(DbDataReader reader, int column) =>
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
}
