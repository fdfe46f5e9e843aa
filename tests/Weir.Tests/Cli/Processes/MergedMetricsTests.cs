// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Processes;

namespace Weir.Tests.Cli.Processes;

public class MergedMetricsTests
{
    private const string Store = """
        # HELP weir_process_uptime_seconds Since the start.
        # TYPE weir_process_uptime_seconds gauge
        weir_process_uptime_seconds 5
        # HELP weir_store_rows_taken_total Rows.
        # TYPE weir_store_rows_taken_total counter
        weir_store_rows_taken_total 7

        """;

    private const string Desk = """
        # HELP weir_process_uptime_seconds Since the start.
        # TYPE weir_process_uptime_seconds gauge
        weir_process_uptime_seconds 6
        # HELP weir_process_health How.
        # TYPE weir_process_health gauge
        weir_process_health{part="audit"} 0

        """;

    [Fact]
    public void A_family_stands_once_and_says_whose_a_sample_is_where_several_have_it() => Assert.Equal(
        """
        # HELP weir_process_health How.
        # TYPE weir_process_health gauge
        weir_process_health{part="audit"} 0
        # HELP weir_process_uptime_seconds Since the start.
        # TYPE weir_process_uptime_seconds gauge
        weir_process_uptime_seconds{process="store"} 5
        weir_process_uptime_seconds{process="desk"} 6
        # HELP weir_store_rows_taken_total Rows.
        # TYPE weir_store_rows_taken_total counter
        weir_store_rows_taken_total 7

        """, MergedMetrics.Merge([("store", Store), ("desk", Desk)]));

    [Fact]
    public void Labels_that_are_there_stay_and_one_who_does_not_answer_is_left_out()
    {
        var merged = MergedMetrics.Merge([("desk", Desk), ("store", ""), ("vault", Desk)]);

        Assert.Contains("weir_process_health{part=\"audit\",process=\"vault\"} 0\n", merged, StringComparison.Ordinal);
        Assert.DoesNotContain("store", merged, StringComparison.Ordinal);
    }
}
