// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Desk.Reporting;
using Weir.Tests.Cases;

namespace Weir.Tests.Reporting;

/// <summary>What a thousand contacts of one line with one server are in a report.</summary>
public sealed class ReportEventMapperTests
{
    [Fact]
    public void Events_of_one_subject_rule_and_class_are_one_row_with_count_and_span()
    {
        var first = CaseHandlerFixture.Flood(1, 7) with { Measured = 20_000, Threshold = 10_000 };
        QualityEvent[] events =
        [
            first, first with { Number = 2, FromMs = first.UntilMs + 60_000, UntilMs = first.UntilMs + 120_000, Measured = 90_000 },
            first with { Number = 3, FromMs = first.FromMs - 60_000 }, CaseHandlerFixture.Flood(4, 8),
            CaseHandlerFixture.Flood(5, 7, port: 9999),
        ];

        var rows = ReportEventMapper.ToReportEvents(events, new([]), inClear: false);

        Assert.Equal([3, 1, 1], rows.Select(row => row.Count));
        Assert.Equal(
            (first.FromMs - 60_000, first.UntilMs + 120_000, 90_000.0),
            (rows[0].From.ToUnixTimeMilliseconds(), rows[0].Until.ToUnixTimeMilliseconds(), rows[0].Measured));
        Assert.Equal(
            [new("flood-out", 5, 2)], ReportEventMapper.Counts(events));
    }
}
