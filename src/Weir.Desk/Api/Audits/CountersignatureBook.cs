// SPDX-License-Identifier: Apache-2.0
//
// Heads of the desk's record that the auditor countersigned. Each stands in the record, and when the last one was made
// beside it: where they stay away for longer than was agreed, health says so.
using System.Globalization;
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Health;

namespace Weir.Desk.Api.Audits;

/// <summary>Takes them. Safe for many callers at once.</summary>
/// <param name="options">Where the record lies, and how often it is wanted.</param>
/// <param name="people">Whose keys count.</param>
/// <param name="audit">The record.</param>
/// <param name="time">The clock.</param>
internal sealed class CountersignatureBook(
    AuditOptions options, CurrentPeople people, IAuditLog audit, TimeProvider time)
{
    /// <summary>Puts one on record.</summary>
    /// <exception cref="ApiRefusalException">It is not that person's over a head of this record.</exception>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public async Task<TreeHead> TakeAsync(Actor actor, Countersignature signed, CancellationToken cancel)
    {
        var (person, fault) = signed.Verify(people.Current);
        if (fault.Length == 0 && person!.User != actor.Name)
        {
            fault = $"is {person.Name}'s, and {actor.Name} brings it";
        }

        var head = TreeHead.Read(Encoding.UTF8.GetBytes(signed.Head));
        if (fault.Length == 0 && !AuditLines.IsHeadOf(options.Directory, head!))
        {
            fault = "is over a head that this record's key did not sign";
        }

        if (fault.Length > 0)
        {
            throw ApiRefusalException.BadRequest(
                $"the countersignature {fault}; weir audit countersign makes one, by the key "
                    + "that the governance names for the auditor");
        }

        _ = await audit.AppendAsync(
            new AuditEntry
            {
                Actor = person!.Name, Role = person.RoleWord, Act = AuditActions.Countersign,
                Outcome = AuditActions.Allow, Rows = head!.Size, Text = signed.Head, Signature = signed.Signature,
            },
            cancel);
        Countersignature.NoteAt(options.Directory, time.GetUtcNow());
        return head;
    }

    /// <summary>As health tells it; well where none is wanted.</summary>
    public ComponentHealth Check()
    {
        if (options.Outside.Countersigned is not { } every)
        {
            return ComponentHealth.Ok;
        }

        var last = Countersignature.LastAt(options.Directory);
        return last is { } at && time.GetUtcNow() - at <= every ? ComponentHealth.Ok : ComponentHealth.Degraded(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the auditor countersigned {(last is { } when ? $"the record on {when:yyyy-MM-dd} last" : "no head yet")}, "
                    + $"and should every {every.TotalDays:0.#} days: weir audit countersign"));
    }
}
