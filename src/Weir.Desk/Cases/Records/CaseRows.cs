// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using System.Text.Json;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Sqlite;
using Weir.Wire;

namespace Weir.Desk.Cases.Records;

/// <summary>Reads the records back as they were left.</summary>
internal static class CaseRows
{
    private const string Known = "state <> 5 OR erased_ms >= $1";

    public static StoredCases Load(SqliteFile connection, long erasedSinceMs)
    {
        using var cases = connection.Statement($"""
            SELECT id, state, opened_ms, assignee, snoozed_until_ms, closed_ms, erased_ms, verdict, sealed, s.epoch, s.subject, touched_ms
            FROM cases LEFT JOIN case_subjects s ON s.case_id = cases.id AND s.epoch = (SELECT max(epoch) FROM case_subjects WHERE case_id = cases.id)
            WHERE {Known} ORDER BY opened_ms, id
            """);
        using var scopes = connection.Statement($"""
            SELECT scopes.id, scopes.case_id, scopes.epoch, s.subject, direction, protocol, remote_ports, remotes, subject_port, purpose, fields, actions, opened_by, from_ms, expires_ms, event, grounds, renews, origin, trait, edit
            FROM scopes JOIN cases ON cases.id = scopes.case_id LEFT JOIN case_subjects s ON s.case_id = scopes.case_id AND s.epoch = scopes.epoch
            WHERE {Known} ORDER BY scopes.from_ms, scopes.id
            """);
        using var marks = connection.Statement($"""
            SELECT scope_id, m.state, last_ms, until_ms, at_ms FROM scope_marks m JOIN scopes ON scopes.id = m.scope_id JOIN cases ON cases.id = scopes.case_id
            WHERE seq = (SELECT max(seq) FROM scope_marks WHERE scope_id = m.scope_id) AND (cases.state <> 5 OR cases.erased_ms >= $1)
            """);
        using var comments = connection.Statement("SELECT case_id, at_ms, by, text FROM comments ORDER BY seq");
        using var approvals = connection.Statement("SELECT number, deed, case_id, scope_id, target, asked_by, "
            + "asked_role, reason, asked_ms, given_by, given_role, given_ms, lease_id, signed "
            + "FROM approvals ORDER BY asked_ms");
        using var events = connection.Statement("SELECT scope_id, case_id, envelope FROM events WHERE handled = 0 AND "
                + "held IS NULL AND envelope IS NOT NULL ORDER BY seq");
        using var grounds = connection.Statement("SELECT scope_id, envelopes FROM scope_grounds");
        using var names = connection.Statement("SELECT case_id, reissue FROM case_subjects WHERE reissue IS NOT NULL ORDER BY case_id, epoch");
        using var networks = connection.Statement(
            "SELECT network, state, since_ms, lines, bound, events, lost, detail, endpoint, approval, until_ms, told, "
                + "settled_edit, waiting_edit FROM held_networks");
        using var settling = connection.Statement(
            "SELECT scope_id, case_id, envelope FROM events JOIN held_networks ON network = held WHERE handled = 0 AND "
                + "state IN (4, 5) AND envelope IS NOT NULL ORDER BY seq");
        var reissues = names.Read(row => (Case: row.Number(0), Envelope: EnvelopeOf(row.GetString(1))))
            .ToLookup(row => new CaseId(row.Case), row => row.Envelope);
        return new(
            [.. cases.Read(CaseOf, erasedSinceMs).Select(row => row with { Reissues = [.. reissues[row.Id]] })],
            scopes.Read(ScopeOf, erasedSinceMs), marks.Read(MarkOf, erasedSinceMs), grounds.Read(GroundsOf),
            comments.Read(CommentOf), approvals.Read(ApprovalOf), events.Read(EventOf))
        {
            Networks = networks.Read(NetworkOf),
            Settling = settling.Read(EventOf),
        };
    }

    /// <summary>Events that wait with a network or an edit, oldest first.</summary>
    public static List<JournaledEvent> LoadHeld(SqliteFile connection, string with, int most)
    {
        using var events = connection.Statement("SELECT scope_id, case_id, envelope FROM events WHERE held = $1 AND "
            + "handled = 0 AND envelope IS NOT NULL ORDER BY seq LIMIT $2");
        return events.Read(EventOf, with, (long)most);
    }

    private static HeldNetwork NetworkOf(DbDataReader row)
    {
        var known = NetworkOf(row, row.GetString(7));
        return known.Name.Edit != 0 && ListEdit.TryParse(known.Detail, out var edit)
            ? known with { Update = edit, Detail = edit.List } : known;
    }

    private static HeldNetwork NetworkOf(DbDataReader row, string detail) => new()
    {
        Name = HeldName.TryParse(row.GetString(0), out var name) ? name
            : throw new RecordsException(
                $"'{row.GetString(0)}' in held_networks is no network and no update; restore the records from a backup"),
        State = (HeldNetworkState)row.GetByte(1),
        Since = row.At(2),
        Lines = row.GetInt32(3),
        Bound = row.GetInt32(4),
        Events = row.GetInt64(5),
        Lost = row.GetInt64(6),
        Detail = detail,
        Endpoint = row.GetString(8),
        Approval = row.Number(9),
        Until = row.MaybeAt(10),
        IsTold = row.GetInt64(11) != 0,
        SettledEdit = row.GetInt32(12),
        WaitingEdit = row.GetInt32(13),
    };

    private static Envelope EnvelopeOf(string text) =>
        EnvelopeText.TryParse(text, out var envelope) == EnvelopeFault.None
            ? envelope!
            : throw new RecordsException("an envelope in the records is damaged; restore the records from a backup");

    private static StoredGrounds GroundsOf(DbDataReader row) => new(
        new(row.Number(0)),
        [.. row.GetString(1).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(EnvelopeOf)]);

    private static JournaledEvent EventOf(DbDataReader row)
    {
        var envelope = EnvelopeOf(row.GetString(2));
        return EventDocument.TryRead(envelope, out var quality)
            ? new(quality, new(row.Number(1)), new(row.Number(0)), envelope)
            : throw new RecordsException("an event in the journal is damaged; restore the records from a backup");
    }

    private static StoredCase CaseOf(DbDataReader row) => new()
    {
        Id = new(row.Number(0)),
        State = (CaseState)row.GetByte(1),
        OpenedAt = row.At(2),
        Assignee = row.GetString(3),
        SnoozedUntil = row.MaybeAt(4),
        ClosedAt = row.MaybeAt(5),
        ErasedAt = row.MaybeAt(6),
        Verdict = (CaseClosureReason)row.GetByte(7),
        IsSealed = row.GetInt64(8) != 0,
        Epoch = row.IsDBNull(9) ? 0 : (uint)row.GetInt64(9),
        Subject = row.Subject(10),
        TouchedAt = row.At(11),
    };

    private static StoredScope ScopeOf(DbDataReader row) => new()
    {
        Id = new(row.Number(0)),
        Case = new(row.Number(1)),
        Epoch = (uint)row.GetInt64(2),
        Subject = row.Subject(3),
        Class = new ClassColumns(
            row.GetByte(4), row.GetByte(5), row.GetString(6), row.GetString(7), (ushort)row.GetInt32(8),
            row.GetByte(19))
            .ToPredicate(),
        Purpose = (Purpose)row.GetByte(9),
        Fields = (ScopeFields)row.GetInt32(10),
        Actions = (ScopeActions)row.GetByte(11),
        Trigger = row.GetString(12),
        FromMs = row.GetInt64(13),
        ExpiresMs = row.GetInt64(14),
        Event = row.Number(15),
        Facts = FactsOf(row.GetString(16)),
        Origin = (EventOrigin)row.GetByte(18),
        Renews = row.IsDBNull(17) ? null : new ScopeId(row.Number(17)),
        Edit = row.IsDBNull(20) ? null : row.GetInt32(20),
    };

    private static TriggerFacts FactsOf(string text)
    {
        try
        {
            return TriggerFacts.Parse(text);
        }
        catch (JsonException broken)
        {
            throw new RecordsException(
                "what a scope's trigger told is damaged in the records; restore the records from a backup", broken);
        }
    }

    private static ScopeStateRecord MarkOf(DbDataReader row) =>
        new(new(row.Number(0)), (ScopeState)row.GetByte(1), row.GetInt64(2), row.GetInt64(3), row.At(4));

    private static StoredComment CommentOf(DbDataReader row) =>
        new(new(row.Number(0)), new(row.At(1), row.GetString(2), row.GetString(3)));

    private static StoredApproval ApprovalOf(DbDataReader row) => new()
    {
        Number = row.Number(0),
        Deed = (Permission)row.GetByte(1),
        Case = new(row.Number(2)),
        Scope = new(row.Number(3)),
        Target = row.GetString(4),
        AskedBy = row.GetString(5),
        AskedRole = (Role)row.GetByte(6),
        Reason = row.GetString(7),
        AskedAt = row.At(8),
        GivenBy = row.GetString(9),
        GivenRole = (Role)row.GetByte(10),
        GivenAt = row.MaybeAt(11),
        Lease = new(row.Number(12)),
        Signed = row.GetString(13),
    };
}
