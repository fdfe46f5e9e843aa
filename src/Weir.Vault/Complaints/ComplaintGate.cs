// SPDX-License-Identifier: Apache-2.0
//
// A complaint becomes a name for just this one complaint (rules.md R2, worked example 12). The vault cannot see the
// mail; it looks at what it can: the reporter stands on its own list, the address was ours then and one line's, the
// time is one that anything is kept of, the class is narrow, and the same number is the same complaint. The finding is
// durable before the name leaves, and a grant is signed for nothing else.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Attributing;
using Weir.Vault.Chain;
using Weir.Vault.Granting;

namespace Weir.Vault.Complaints;

/// <summary>Attributes complaints. Safe for any thread.</summary>
internal sealed class ComplaintGate(
    ComplaintOptions options, SubjectResolver names, GrantLedger findings, IAuditLog audit, VaultRefusals refusals,
    TimeProvider time)
{
    public Task<AttributedSubject> AnswerAsync(PeerCall call, ComplaintAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new AttributedSubject((await AttributeAsync(
            new ReportedTraffic(
                ask.Id, ask.Reporter, VaultText.Address(ask.Address), ask.Port, ask.At, ask.Class.ToPredicate(),
                ask.FromMs, ask.UntilMs),
            asker, cancel))?.ToString()));

    internal async Task<SubjectKey?> AttributeAsync(ReportedTraffic report, Asker asker, CancellationToken cancel)
    {
        var entry = asker.Entry(
            AuditActions.Attribute, ScopeId.TryParse(report.Id, out var id) ? $"complaint {id}" : "complaint") with
        {
            Purpose = Purposes.ToName(Purpose.ComplaintHandling),
        };
        if (Refusal(report) is { } refusal)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refusal.Word }, cancel);
            throw refusal;
        }

        var (name, reason) = Find(report);
        if (name is not { } subject)
        {
            _ = await audit.AppendAsync(
                entry with
                {
                    Outcome = DenyCodes.ToName(DenyCode.Unattributable), Reason = $"{entry.Reason}: {reason}",
                },
                cancel);
            return null;
        }

        _ = await audit.AppendAsync(entry with { Subject = subject.ToString() }, cancel);
        var grant = new Grant(
            GrantKind.Complaint, report.Id, subject, Epochs.At(report.At), report.Class, report.FromMs, report.UntilMs);
        if (findings.Add(grant, report.Reporter, time.GetUtcNow()))
        {
            return subject;
        }

        var other = Refused(
            DenyCode.OutOfScope, VaultCodes.OtherGrant,
            $"complaint {report.Id} was told here before, of another line, class or time");
        _ = await audit.AppendAsync(entry with { Outcome = other.Word }, cancel);
        throw other;
    }

    private (SubjectKey? Name, string Reason) Find(ReportedTraffic report)
    {
        try
        {
            // What is only presumed names nobody: who complained would have a scope opened on a guess.
            return names.Find(report.Address, report.Port, report.At, out var reason) is not { } found ? (null, reason)
                : found.IsConfirmed ? (names.Pseudonymize(found.Subject, Epochs.At(report.At)), "")
                : (null, "presumed");
        }
        catch (EpochKeyException gone)
        {
            return (null, gone.Message);
        }
    }

    private VaultRefusedException? Refusal(ReportedTraffic report)
    {
        var now = time.GetUtcNow();
        var atMs = report.At.ToUnixTimeMilliseconds();
        return !ScopeId.TryParse(report.Id, out _)
                ? Refused(DenyCode.NoTrigger, VaultCodes.OtherThanGrounds,
                    "the complaint has no number of its own: s- and 16 hexadecimal digits")
            : !options.Reporters.Contains(report.Reporter)
                ? Refused(DenyCode.NotAuthenticated, VaultCodes.UnknownReporter,
                    $"the vault knows no reporter {report.Reporter}; name it under complaints.reporters of the vault's "
                        + "own configuration")
            : report.At > now + options.Ahead || report.At < now - options.Reach
                ? Refused(DenyCode.Unattributable, VaultCodes.TimeOutOfBounds,
                    "the time reported has not come, or is longer ago than it is kept who had an address")
            : TrafficClass.Fault(report.Class) is { } wide ? new(DenyCode.TooWide, wide)
            : report.FromMs < atMs - options.MarginMs || report.UntilMs > atMs + options.MarginMs
                || report.FromMs > report.UntilMs
                ? Refused(DenyCode.OutOfScope, VaultCodes.OtherThanGrounds,
                    "a complaint is looked into five minutes to each side of its time")
            : findings.Find(GrantKind.Complaint, report.Id) is null
                && findings.Count(report.Reporter, now - TimeSpan.FromDays(1)) >= options.MaxPerDay
                ? Refused(DenyCode.TooWide, VaultCodes.TooManyComplaints, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Reporter} told of {options.MaxPerDay} complaints in a day; raise "
                        + $"vault.complaints-a-day if that is right"))
            : null;
    }

    private static VaultRefusedException Refused(DenyCode code, string word, string sentence) =>
        new(code, sentence) { Word = word };
}
