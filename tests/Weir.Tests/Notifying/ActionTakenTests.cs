// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;

namespace Weir.Tests.Notifying;

public sealed class ActionTakenTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);

    [Fact]
    public void Each_form_is_read_back_as_what_it_says()
    {
        (string Line, ActionTaken Read)[] forms =
        [
            (ActionTaken.Closed("[2001:db8::7]:443/tcp", At), new("closed", "[2001:db8::7]:443/tcp", At)),
            (ActionTaken.Leaky(At), new("leaky", "", At)), (ActionTaken.Strict(At), new("strict", "", At)),
            (ActionTaken.Released(At), new("released", "", At)),
        ];
        Assert.All(forms, form =>
        {
            Assert.True(ActionTaken.TryParse(form.Line, out var read), form.Line);
            Assert.Equal(form.Read, read);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("the customer was called")]
    [InlineData("the line is partly restricted since yesterday UTC")]
    [InlineData("the line is partly restricted since 2026-13-02 08:15 UTC")]
    [InlineData("two words cannot be reached from the line until 2026-03-02 08:15 UTC")]
    public void Anything_else_is_none(string text) => Assert.False(ActionTaken.TryParse(text, out _));

    [Fact]
    public void Words_of_steps_states_and_outcomes_are_one_each()
    {
        Assert.All(Enum.GetValues<NoticeStep>(), step =>
            Assert.True(NoticeNames.TryParse(NoticeNames.ToName(step), out NoticeStep read) && read == step));
        Assert.All(Enum.GetValues<NoticeOutcome>(), outcome =>
            Assert.True(NoticeNames.TryParse(NoticeNames.ToName(outcome), out NoticeOutcome read) && read == outcome));
        Assert.Equal(Enum.GetValues<NoticeState>().Length, Enum.GetValues<NoticeState>()
            .Select(NoticeNames.ToName).Distinct().Count());
        Assert.False(NoticeNames.TryParse("sung", out NoticeStep _));
    }
}
