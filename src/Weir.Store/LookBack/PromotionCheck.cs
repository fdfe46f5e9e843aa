// SPDX-License-Identifier: Apache-2.0
//
// Whether a promotion lets the store look back, judged by the store alone: two different people in the two roles, for
// one endpoint that a comparison here found, not over, and no further back than rules allow. Pure.
using Weir.Contracts.Approvals;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;

namespace Weir.Store.LookBack;

/// <summary>Checks promotions.</summary>
internal static class PromotionCheck
{
    private const long HourMs = 3_600_000;

    /// <summary>How far another machine's clock may be ahead, and flows on their way when the list changed.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>The leave that the fields write down; null with a code and a sentence where they are none.</summary>
    public static Approval? Read(
        LookBackAsk ask, LookBackOptions options, DateTimeOffset now, out string code, out string sentence)
    {
        var leave = ask.Promotion;
        (code, sentence) = ("", "");
        if (!Endpoint.TryParse(leave.Endpoint, out var endpoint) || endpoint.Port == 0
            || Actor.RoleOf(leave.AskedRole) is not { } asked || Actor.RoleOf(leave.GivenRole) is not { } given)
        {
            (code, sentence) = ("malformed", "the promotion names no endpoint with a port, or no roles");
        }
        else if (leave.AskedBy.Trim().Length == 0 || leave.GivenBy.Trim().Length == 0
            || string.Equals(leave.AskedBy.Trim(), leave.GivenBy.Trim(), StringComparison.OrdinalIgnoreCase)
            || !Roles.MayTogether(asked, given, Permission.Promote))
        {
            (code, sentence) = (
                StoreCodes.SecondPersonNeeded, "a promotion is the leave of two people, an analyst and an operator");
        }
        else if (leave.GivenAt < leave.AskedAt || leave.GivenAt > now + Skew || now > leave.GivenAt + options.ValidFor)
        {
            (code, sentence) = (StoreCodes.PromotionOver, "the promotion is over, or not yet");
        }
        else if (FaultOf(leave, endpoint, (asked, given), options, now) is not ApprovalFault.None and var fault)
        {
            (code, sentence) = (ApprovalFaults.Word(fault), ApprovalFaults.Sentence(fault));
        }
        else
        {
            (code, sentence) = CheckSpan(ask, options, now);
            return code.Length > 0 ? null : new Approval(
                new StoredApproval
                {
                    Number = leave.Approval,
                    Deed = Permission.Promote,
                    Target = endpoint.ToString(),
                    AskedBy = leave.AskedBy,
                    AskedRole = asked,
                    Reason = leave.Reason,
                    AskedAt = leave.AskedAt,
                    GivenBy = leave.GivenBy,
                    GivenRole = given,
                    GivenAt = leave.GivenAt,
                    Signed = leave.Signed?.ToJson() ?? "",
                },
                leave.GivenAt + options.ValidFor);
        }

        return null;
    }

    /// <summary>Both signed just this, are who the leave says, and it is not longer ago than anybody may look back.
    /// </summary>
    private static ApprovalFault FaultOf(
        PromotionLeave leave, Endpoint endpoint, (Role Asked, Role Given) roles, LookBackOptions options,
        DateTimeOffset now)
    {
        if (!options.People.Current.NeedsKeys)
        {
            return ApprovalFault.None;
        }

        var verdict = (leave.Signed ?? new([])).Verify(
            new(ApprovalAct.Promotion, endpoint.ToString()) { Reason = leave.Reason }, options.People.Current, null);
        return verdict.Fault != ApprovalFault.None ? verdict.Fault
            : leave.GivenAt < verdict.Request!.NotBefore || leave.GivenAt >= verdict.Request.Expires
                || now >= verdict.Request.Expires + options.ValidFor ? ApprovalFault.Stale
            : verdict.Signers.Any(one => one.User == leave.AskedBy.Trim() && one.Role == roles.Asked)
                && verdict.Signers.Any(one => one.User == leave.GivenBy.Trim() && one.Role == roles.Given)
                ? ApprovalFault.None
            : ApprovalFault.SecondPersonNeeded;
    }

    private static (string Code, string Sentence) CheckSpan(
        LookBackAsk ask, LookBackOptions options, DateTimeOffset now)
    {
        var until = ask.Promotion.GivenAt + Skew;
        var first = until - options.Reach;
        return ask.FromMs < 0 || ask.FromMs >= ask.UntilMs ? ("malformed", "the time looked back at is empty")
            : ask.UntilMs > (until < now + Skew ? until : now + Skew).ToUnixTimeMilliseconds() + HourMs
                || ask.FromMs < first.ToUnixTimeMilliseconds() - HourMs
                ? (StoreCodes.TooFarBack, "the time reaches beyond the promotion, or further back than rules allow")
            : !options.IsLab && Epochs.At(ask.FromMs) != Epochs.At(ask.UntilMs - 1)
                ? (StoreCodes.WindowOverEpochs, "the time lies in two epochs; ask for each by itself")
            : ("", "");
    }
}
