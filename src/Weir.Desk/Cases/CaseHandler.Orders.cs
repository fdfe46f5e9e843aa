// SPDX-License-Identifier: Apache-2.0
//
// What collectors are told of scopes. The desk says what is asked for and what it rests on; it cannot resolve a
// pseudonym, and whoever acts on an order checks its grounds.
using System.Collections.Frozen;
using Weir.Contracts.Approvals;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Why a collector does not record a scope: a closed list, for it is a metric's label.</summary>
    private static readonly FrozenSet<string> RefusalCodes =
    [
        .. Enum.GetValues<GroundsFault>().Select(GroundsFaults.ToCode),
        .. Enum.GetValues<EnvelopeFault>().Select(EnvelopeFaults.Word),
        "no-key", "no-such-subject", "changed-scope", "audit-down",
        PromotionProof.Missing,
    ];

    /// <summary>The scopes in force and their changes, for collectors.</summary>
    public ScopeChangeLog Orders => _parts.Orders;

    /// <summary>What collectors said of scopes.</summary>
    public ScopeReportBook Reports => _parts.Reports;

    /// <summary>Flow start from which a scope's evidence is whole, milliseconds since the UNIX epoch; later than the
    /// scope's own where a collector did not reach back so far or did not run (R10). Null until a collector has it in
    /// force.</summary>
    public long? WholeSince(ScopeId scope) => (_book.Scope(scope), Reports.WholeSince(scope)) switch
    {
        ({ IsFromDigests: true } past, var since) => Math.Max(past.UntilMs, since ?? long.MinValue),
        (_, var since) => since,
    };

    /// <summary>A scope as it is asked for, with its grounds; null where there is none, or it is erased.</summary>
    public ScopeOrder? FindOrder(ScopeId id) =>
        _book.Scope(id) is { State: not ScopeState.Erased } scope && _book.Get(scope.Scope.Case) is { } file
            ? OrderOf(file, scope)
            : null;

    /// <summary>Takes what a collector says of scopes. What it refuses is audited once.</summary>
    public async Task HearAsync(string collector, IReadOnlyList<ScopeReport> said, CancellationToken cancel)
    {
        List<(ScopeId Scope, ScopeReport Report)> known = [];
        foreach (var report in said)
        {
            if (ScopeId.TryParse(report.Scope, out var id) && _book.Scope(id) is { State: not ScopeState.Erased })
            {
                known.Add((id, report.Refused is { Length: > 0 } code
                    ? report with { Refused = RefusalCodes.Contains(code) ? code : "other" }
                    : report));
            }
        }

        foreach (var heard in await Reports.HearAsync(collector, known, cancel))
        {
            if (heard.Refused.Length > 0 && _book.Scope(heard.Scope) is { } scope)
            {
                _parts.Log.OrderRefused(collector, heard.Scope.ToString(), heard.Refused);
                await _parts.Audit.AppendAsync(CreateRefusedEntry(scope, heard), cancel);
            }
        }
    }

    private static AuditEntry CreateRefusedEntry(CaseScope scope, HeardReport heard) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = AuditActions.RefuseOrder,
        Outcome = heard.Refused,
        Purpose = Purposes.ToName(scope.Scope.Purpose),
        Case = scope.Scope.Case.ToString(),
        Scope = scope.Scope.Id.ToString(),
        Rule = scope.Scope.Trigger,
        Reason = $"collector {heard.Collector} does not record it",
    };

    private static ScopeOrder OrderOf(CaseFile file, CaseScope scope) => new()
    {
        Id = scope.Scope.Id,
        Case = file.Id,
        Subject = file.Subject,
        Epoch = file.Epoch,
        Class = scope.Scope.Class.Predicate,
        Purpose = scope.Scope.Purpose,
        FromMs = scope.Scope.FromMs,
        UntilMs = scope.UntilMs,
        ExpiresMs = scope.Scope.ExpiresMs,
        Grounds = file.Reissues.IsEmpty ? scope.Envelopes : [.. scope.Envelopes, .. NamesBetween(file, scope)],
    };

    /// <summary>The vault's word that the subject of the grounds is who the case is about now.</summary>
    private static IEnumerable<Envelope> NamesBetween(CaseFile file, CaseScope scope)
    {
        HashSet<SubjectKey> wanted = [];
        foreach (var envelope in scope.Envelopes)
        {
            if (EventDocument.TryRead(envelope, out var quality))
            {
                wanted.Add(quality.Subject);
            }
            else if (GrantDocument.TryRead(envelope, out var grant))
            {
                wanted.Add(grant.Subject);
            }
        }

        var name = file.Subject;
        _ = wanted.Remove(name);
        for (var i = file.Reissues.Length - 1; i >= 0 && wanted.Count > 0; i--)
        {
            if (GrantDocument.TryRead(file.Reissues[i], out var grant) && grant.Subject == name)
            {
                yield return file.Reissues[i];
                name = grant.Before;
                _ = wanted.Remove(name);
            }
        }
    }

    /// <summary>Puts into the log what is durable now.</summary>
    private void Publish(CaseUnitOfWork draft)
    {
        List<ScopeOrder> orders = [];
        foreach (var scope in draft.Watched.Values)
        {
            // A new name of its subject is no evidence.
            _ends.GoesOn(scope, draft.IsMarked(scope.Scope.Id));
            if (_book.Get(scope.Scope.Case) is { } file)
            {
                orders.Add(OrderOf(file, scope));
            }
        }

        draft.Over.ForEach(_ends.Forget);
        Orders.Apply(orders, draft.Over);
    }
}
