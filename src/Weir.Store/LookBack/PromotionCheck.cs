// SPDX-License-Identifier: Apache-2.0
//
// Whether a promotion lets the store look back, judged by the store alone: two different people in the two roles, for
// one endpoint that a comparison here found, not over, and no further back than rules allow. Pure.
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
            || RoleOf(leave.AskedRole) is not { } asked || RoleOf(leave.GivenRole) is not { } given)
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
                },
                leave.GivenAt + options.ValidFor);
        }

        return null;
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

    private static Role? RoleOf(string word) =>
        Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => Actor.ToName(role!.Value) == word);
}
