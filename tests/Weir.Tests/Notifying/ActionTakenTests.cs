// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;

namespace Weir.Tests.Notifying;

public sealed class ActionTakenTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);

    [Fact]
    public void Each_kind_is_read_back_from_its_line_and_from_its_fields()
    {
        foreach (var kind in Enum.GetValues<ActionKind>())
        {
            var action = new ActionTaken(kind, new ActionTaken(kind, "", At).Ends ? "[2001:db8::7]:443/tcp" : "", At);

            Assert.True(ActionTaken.TryParse(action.ToString(), out ActionTaken read), action.ToString());
            Assert.Equal(action, read);
            Assert.Equal(action, ActionFields.From(action).ToAction());
        }

        Assert.Equal(
            "closed-for-line 203.0.113.9:443/tcp 2026-03-02T08:15:00Z",
            new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:443/tcp", At).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("the customer was called")]
    [InlineData("leaky-garden - yesterday")]
    [InlineData("leaky-garden - 2026-13-02T08:15:00Z")]
    [InlineData("leaky-garden 203.0.113.9:443/tcp 2026-03-02T08:15:00Z")]
    [InlineData("closed-for-line - 2026-03-02T08:15:00Z")]
    [InlineData("closed-for-line two words 2026-03-02T08:15:00Z")]
    public void Anything_else_is_none(string text) => Assert.False(ActionTaken.TryParse(text, out ActionTaken _));

    [Fact]
    public void Fields_that_say_something_else_are_none()
    {
        foreach (var fields in new ActionFields[]
        {
            new("sung", "", At), new("closed-for-line", "", At), new("strict-garden", "203.0.113.9", At),
            new("name-closed", "evil.example\nDear customer", At), new("name-closed", new string('x', 256), At),
        })
        {
            Assert.Null(fields.ToAction());
            Assert.Throws<FormatException>(() => ActionFields.Read([fields]));
        }

        Assert.Throws<FormatException>(() => ActionFields.Read(
            [.. Enumerable.Repeat(new ActionFields("released", "", At), ActionFields.Max + 1)]));
    }

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
