// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Notices;

/// <summary>Steps, states and outcomes by the words that stand in the journal, on the command line and in the
/// vault's ledger.</summary>
public static class NoticeNames
{
    public static string ToName(NoticeStep step) => step switch
    {
        NoticeStep.Found => "found",
        NoticeStep.Reminder => "reminder",
        NoticeStep.EndpointBlocked => "endpoint-blocked",
        NoticeStep.LeakyGarden => "leaky-garden",
        NoticeStep.StrictGarden => "strict-garden",
        NoticeStep.Released => "released",
        NoticeStep.Clean => "clean",
        NoticeStep.Relapsed => "relapsed",
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step."),
    };

    public static string ToName(NoticeState state) => state switch
    {
        NoticeState.Waiting => "waiting",
        NoticeState.Told => "told",
        NoticeState.NoContact => "no-contact",
        NoticeState.Refused => "refused",
        NoticeState.GivenUp => "given-up",
        NoticeState.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    public static string ToName(NoticeOutcome outcome) => outcome switch
    {
        NoticeOutcome.Delivered => "delivered",
        NoticeOutcome.Before => "before",
        NoticeOutcome.Later => "later",
        NoticeOutcome.NoContact => "no-contact",
        NoticeOutcome.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    public static bool TryParse(string word, out NoticeStep step)
    {
        step = Array.Find(Enum.GetValues<NoticeStep>(), known => ToName(known) == word);
        return step != 0;
    }

    public static bool TryParse(string word, out NoticeOutcome outcome)
    {
        outcome = Array.Find(Enum.GetValues<NoticeOutcome>(), known => ToName(known) == word);
        return outcome != 0;
    }
}
