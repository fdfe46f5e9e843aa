// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Health;

/// <summary>Something that needs a person, and that is told of by itself: its like beside it is another one, however
/// the part they belong to is.</summary>
/// <param name="Kind">What it is, such as <c>exporter-silent</c>.</param>
/// <param name="Key">Which one; of one kind no two at once have the same. Never a subscriber's address.</param>
/// <param name="Since">When it began.</param>
/// <param name="Text">One sentence for a reader: the thing, the place, the fix.</param>
public sealed record Alarm(string Kind, string Key, DateTimeOffset Since, string Text);

/// <summary>Who knows alarms.</summary>
public interface IAlarmSource
{
    /// <summary>Those that stand now. Safe for any thread.</summary>
    IReadOnlyList<Alarm> Alarms { get; }
}
