// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Cases.Records;

/// <summary>The records of cases in SQLite. Every method is durable when it returns.</summary>
public sealed class CaseRecords(RecordsFile file) : ICaseRecords
{
    private const string InsertEvent =
        """
        INSERT OR IGNORE INTO events (scope_id, case_id, number, subject, facts, digest, envelope)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string UpsertCase =
        """
        INSERT INTO cases (id, state, opened_ms, assignee, snoozed_until_ms, closed_ms, erased_ms, verdict, sealed, touched_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, assignee = excluded.assignee, snoozed_until_ms = excluded.snoozed_until_ms,
          closed_ms = excluded.closed_ms, erased_ms = excluded.erased_ms, verdict = excluded.verdict, sealed = excluded.sealed, touched_ms = excluded.touched_ms
        """;

    private const string InsertSubject =
        """
        INSERT INTO case_subjects (case_id, epoch, subject, reissue) VALUES ($1, $2, $3, $4)
        ON CONFLICT (case_id, epoch) DO UPDATE SET
          subject = excluded.subject, reissue = coalesce(excluded.reissue, reissue)
        """;

    private const string InsertScopeSubject =
        "INSERT OR IGNORE INTO case_subjects (case_id, epoch, subject) VALUES ($1, $2, $3)";

    private const string UpsertGrounds =
        """
        INSERT INTO scope_grounds (scope_id, envelopes) VALUES ($1, $2)
        ON CONFLICT (scope_id) DO UPDATE SET envelopes = excluded.envelopes
        """;

    private const string InsertScope =
        """
        INSERT INTO scopes (id, case_id, epoch, direction, protocol, remote_ports, remotes, subject_port, purpose, fields, actions, opened_by, from_ms, expires_ms, event, grounds, renews, origin, trait, edit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """;

    private const string InsertMark =
        "INSERT INTO scope_marks (scope_id, state, last_ms, until_ms, at_ms) VALUES ($1, $2, $3, $4, $5)";
    private const string InsertComment = "INSERT INTO comments (case_id, at_ms, by, text) VALUES ($1, $2, $3, $4)";

    private const string UpsertApproval =
        """
        INSERT INTO approvals (number, deed, case_id, scope_id, target, asked_by, asked_role, reason, asked_ms, given_by, given_role, given_ms, lease_id, signed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (number) DO UPDATE SET given_by = excluded.given_by, given_role = excluded.given_role, given_ms = excluded.given_ms, signed = excluded.signed
        """;

    private const string UpsertNetwork =
        """
        INSERT INTO held_networks (network, state, since_ms, lines, bound, events, lost, detail, endpoint, approval, until_ms, told, settled_edit, waiting_edit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (network) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, lines = excluded.lines, bound = excluded.bound, events = excluded.events,
          lost = excluded.lost, detail = excluded.detail, endpoint = excluded.endpoint, approval = excluded.approval, until_ms = excluded.until_ms, told = excluded.told,
          settled_edit = excluded.settled_edit, waiting_edit = excluded.waiting_edit
        """;

    private static readonly string[] Forgetting =
    [
        "UPDATE events SET subject = NULL, envelope = NULL WHERE case_id = $1",
        "DELETE FROM scope_grounds WHERE scope_id IN (SELECT id FROM scopes WHERE case_id = $1)",
        "DELETE FROM scope_reports WHERE scope_id IN (SELECT id FROM scopes WHERE case_id = $1)",
        "DELETE FROM case_subjects WHERE case_id = $1",
        "DELETE FROM comments WHERE case_id = $1",
    ];

    public Task<IReadOnlyList<JournaledEvent>> JournalAsync(
        IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel) =>
        file.WriteAsync<IReadOnlyList<JournaledEvent>>(
            connection =>
            {
                using var insert = connection.Statement(InsertEvent);
                List<JournaledEvent> fresh = [];
                foreach (var journaled in events)
                {
                    var (quality, id, scope, envelope) = journaled;
                    var text = EnvelopeText.Format(envelope);
                    if (insert.Run(
                        SqliteValue.From(scope), SqliteValue.From(id), SqliteValue.From(quality.Number),
                        SqliteValue.From(quality.Subject), EventFacts.Write(quality),
                        SHA256.HashData(Encoding.ASCII.GetBytes(text)), text) > 0)
                    {
                        fresh.Add(journaled);
                    }
                }

                return fresh;
            },
            cancel);

    public Task CommitAsync(CaseChanges changes, CancellationToken cancel) => file.WriteAsync(
        connection =>
        {
            WriteCases(connection, changes);
            WriteScopes(connection, changes);
            WriteBeside(connection, changes);
            WriteHeld(connection, changes);
            return 0;
        },
        cancel);

    public Task<StoredCases> LoadAsync(DateTimeOffset erasedSince, CancellationToken cancel) =>
        file.ReadAsync(connection => CaseRows.Load(connection, SqliteValue.From(erasedSince)), cancel);

    public Task<IReadOnlyList<JournaledEvent>> LoadHeldAsync(HeldName with, int most, CancellationToken cancel) =>
        file.ReadAsync<IReadOnlyList<JournaledEvent>>(
            connection => CaseRows.LoadHeld(connection, with.ToString(), most), cancel);

    /// <summary>The greatest number of an edit that the brake knows anything by; 0 where it knows none.</summary>
    public Task<int> LoadLatestEditAsync(CancellationToken cancel) => file.ReadAsync(
        connection =>
        {
            using var networks = connection.Statement("SELECT network, settled_edit, waiting_edit FROM held_networks");
            return networks.Read(row => Math.Max(
                    HeldName.TryParse(row.GetString(0), out var name) ? name.Edit : 0,
                    (int)Math.Max(row.GetInt64(1), row.GetInt64(2))))
                .DefaultIfEmpty(0).Max();
        },
        cancel);

    public Task<int> AddAsync(PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel) => file.WriteAsync(
        connection =>
        {
            using var insert = connection.Statement(
                "INSERT INTO refusals (at_ms, actor, role, act, code, times) VALUES ($1, $2, $3, $4, $5, $6)");
            _ = insert.Run(
                SqliteValue.From(refusal.At), refusal.Actor, refusal.Role, refusal.Act, DenyCodes.ToName(refusal.Code),
                (long)refusal.Times);
            using var old = connection.Statement("DELETE FROM refusals WHERE actor = $1 AND at_ms <= $2");
            _ = old.Run(refusal.Actor, SqliteValue.From(since));
            using var count = connection.Statement("SELECT sum(times) FROM refusals WHERE actor = $1 AND at_ms > $2");
            return count.Read(row => row.GetInt32(0), refusal.Actor, SqliteValue.From(since))[0];
        },
        cancel);

    private static void WriteCases(SqliteFile connection, CaseChanges changes)
    {
        using var upsert = connection.Statement(UpsertCase);
        using var subject = connection.Statement(InsertSubject);
        foreach (var row in changes.Cases)
        {
            _ = upsert.Run(
                SqliteValue.From(row.Id), (long)row.State, SqliteValue.From(row.OpenedAt), row.Assignee,
                SqliteValue.From(row.SnoozedUntil), SqliteValue.From(row.ClosedAt),
                SqliteValue.From(row.ErasedAt), (long)row.Verdict, row.IsSealed ? 1L : 0L,
                SqliteValue.From(row.TouchedAt));
            if (row.State != CaseState.Erased)
            {
                _ = subject.Run(
                    SqliteValue.From(row.Id), (long)row.Epoch, SqliteValue.From(row.Subject),
                    row.Reissues.IsEmpty ? null : EnvelopeText.Format(row.Reissues[^1]));
            }
        }
    }

    private static void WriteScopes(SqliteFile connection, CaseChanges changes)
    {
        using var insert = connection.Statement(InsertScope);
        using var subject = connection.Statement(InsertScopeSubject);
        foreach (var row in changes.Scopes)
        {
            var named = ClassColumns.From(row.Class);
            _ = subject.Run(SqliteValue.From(row.Case), (long)row.Epoch, SqliteValue.From(row.Subject));
            _ = insert.Run(
                SqliteValue.From(row.Id), SqliteValue.From(row.Case), (long)row.Epoch, (long)named.Direction,
                (long)named.Protocol, named.RemotePorts, named.Remotes, (long)named.SubjectPort,
                (long)row.Purpose, (long)row.Fields, (long)row.Actions, row.Trigger, row.FromMs, row.ExpiresMs,
                SqliteValue.From(row.Event), row.Facts.Serialize(),
                row.Renews is { } renewed ? SqliteValue.From(renewed) : null, (long)row.Origin,
                (long)named.Trait, (long?)row.Edit);
        }

        using var grounds = connection.Statement(UpsertGrounds);
        foreach (var row in changes.Grounds)
        {
            _ = grounds.Run(
                SqliteValue.From(row.Scope), string.Join('\n', row.Envelopes.Select(EnvelopeText.Format)));
        }

        using var mark = connection.Statement(InsertMark);
        foreach (var row in changes.Marks)
        {
            _ = mark.Run(
                SqliteValue.From(row.Scope), (long)row.State, row.LastMs, row.UntilMs, SqliteValue.From(row.At));
        }
    }

    private static void WriteBeside(SqliteFile connection, CaseChanges changes)
    {
        using var comment = connection.Statement(InsertComment);
        foreach (var (id, line) in changes.Comments)
        {
            _ = comment.Run(SqliteValue.From(id), SqliteValue.From(line.At), line.By, line.Text);
        }

        using var approval = connection.Statement(UpsertApproval);
        foreach (var row in changes.Approvals)
        {
            _ = approval.Run(
                SqliteValue.From(row.Number), (long)row.Deed, SqliteValue.From(row.Case), SqliteValue.From(row.Scope),
                row.Target, row.AskedBy, (long)row.AskedRole, row.Reason, SqliteValue.From(row.AskedAt),
                row.GivenBy, (long)row.GivenRole, SqliteValue.From(row.GivenAt), SqliteValue.From(row.Lease.Number),
                row.Signed);
        }

        // What belongs to no case has nobody to be erased with, and rests on nothing: its octets go at once.
        using var handled = connection.Statement("UPDATE events SET handled = 1, case_id = $2 WHERE scope_id = $1");
        using var alone = connection.Statement("UPDATE events SET handled = 1, envelope = NULL WHERE scope_id = $1");
        foreach (var (journaled, id) in changes.Handled)
        {
            _ = id is { } to
                ? handled.Run(SqliteValue.From(journaled), SqliteValue.From(to))
                : alone.Run(SqliteValue.From(journaled));
        }

        foreach (var id in changes.Erased)
        {
            Forget(connection, id);
        }
    }

    private static void WriteHeld(SqliteFile connection, CaseChanges changes)
    {
        using var held = connection.Statement("UPDATE events SET held = $2 WHERE scope_id = $1");
        foreach (var (journaled, with) in changes.Held)
        {
            _ = held.Run(SqliteValue.From(journaled), with.ToString());
        }

        using var upsert = connection.Statement(UpsertNetwork);
        foreach (var row in changes.Networks)
        {
            _ = upsert.Run(
                row.Name.ToString(), (long)row.State, SqliteValue.From(row.Since), (long)row.Lines, (long)row.Bound,
                row.Events, row.Lost, row.Update?.ToString() ?? row.Detail, row.Endpoint, SqliteValue.From(row.Approval),
                SqliteValue.From(row.Until), row.IsTold ? 1L : 0L, (long)row.SettledEdit, (long)row.WaitingEdit);
        }

        // Who they were goes with them: they belong to no case.
        using var fall = connection.Statement(
            "UPDATE events SET handled = 1, envelope = NULL, subject = NULL WHERE held = $1 AND handled = 0");
        foreach (var name in changes.Fallen)
        {
            _ = fall.Run(name.ToString());
        }

        using var forget = connection.Statement("DELETE FROM held_networks WHERE network = $1");
        foreach (var name in changes.Forgotten)
        {
            _ = forget.Run(name.ToString());
        }
    }

    /// <summary>What could lead back to a person goes; that there was a case and what it opened stays.</summary>
    private static void Forget(SqliteFile connection, CaseId id)
    {
        foreach (var sql in Forgetting)
        {
            using var statement = connection.Statement(sql);
            _ = statement.Run(SqliteValue.From(id));
        }
    }
}
