// SPDX-License-Identifier: Apache-2.0
//
// Collectors say whether lines under a check were active; the desk learns one boolean of a silence, on record before
// the answer, for a check that follows from its grounds (worked example 19).
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Remediation;

/// <summary>Takes and tells. Safe for any thread.</summary>
internal sealed class LineActivityGate(
    LineActivities activities, CaseGrounds grounds, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
{
    /// <summary>Longest interval of one boolean: a collector that stood still says less, not more.</summary>
    private const long LongestMs = 3_600_000;

    /// <summary>A report may wait so long for a vault that was away.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(3);

    /// <summary>Clocks of two machines may differ so much.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    public Task<Done> ReportAsync(PeerCall call, LineActivityReport report, CancellationToken cancel) =>
        refusals.AnswerAsync(call, () =>
        {
            var now = time.GetUtcNow();
            if (report.UntilMs <= report.FromMs || report.UntilMs - report.FromMs > LongestMs
                || report.UntilMs > (now + Ahead).ToUnixTimeMilliseconds()
                || report.FromMs < (now - Oldest).ToUnixTimeMilliseconds()
                || report.Lines.Count > VaultLimits.MaxAtOnce)
            {
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"a report is of an interval of at most an hour of the last three days, and of at most {VaultLimits.MaxAtOnce} lines"));
            }

            foreach (var (id, _) in report.Lines.Select(line => (VaultText.Case(line.Case), line))
                .Where(one => one.line.WasActive))
            {
                _ = activities.Add(id, report.FromMs, report.UntilMs);
            }

            return Task.FromResult(Done.It);
        });

    public Task<WasActiveReply> AnswerAsync(PeerCall call, WasActiveAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new WasActiveReply(
            await WasActiveAsync(CaseGrounds.Read(ask.Order), (ask.FromMs, ask.UntilMs), asker, cancel)));

    private async Task<bool> WasActiveAsync(
        ScopeOrder check, (long FromMs, long UntilMs) silence, Asker asker, CancellationToken cancel)
    {
        var entry = asker.Entry(AuditActions.TellActivity) with
        {
            Purpose = Purposes.ToName(check.Purpose), Case = check.Case.ToString(), Scope = check.Id.ToString(),
        };
        try
        {
            _ = grounds.Require(check, mayBeDoubtful: true);
            if (check.Purpose != Purpose.RemediationCheck || silence.FromMs < check.FromMs
                || silence.UntilMs > check.ExpiresMs || silence.UntilMs <= silence.FromMs)
            {
                throw new VaultRefusedException(
                    DenyCode.OutOfScope, $"scope {check.Id} is no check of that time, so nothing of its line is told")
                {
                    Word = VaultCodes.OtherThanGrounds,
                };
            }
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, CancellationToken.None);
            throw;
        }

        _ = await audit.AppendAsync(entry, cancel);
        return activities.WasActive(check.Case, silence.FromMs, silence.UntilMs);
    }
}
