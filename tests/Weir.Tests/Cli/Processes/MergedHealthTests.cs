// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Weir.Cli.Processes;

namespace Weir.Tests.Cli.Processes;

public class MergedHealthTests
{
    private const string Well =
        """{"state":"ok","ready":true,"parts":[{"part":"audit","state":"ok","ready":true,"reason":""}]}""";

    private const string Degraded =
        """{"state":"degraded","ready":true,"parts":[{"part":"lists","state":"degraded","ready":true,"reason":"old"}]}""";

    [Fact]
    public void The_worst_decides_and_each_part_says_whose_it_is()
    {
        var (json, live, ready) = MergedHealth.Merge([("store", Well), ("desk", Degraded)]);
        var whole = JsonNode.Parse(json)!;

        Assert.Equal("degraded", (string?)whole["state"]);
        Assert.Equal("off", (string?)whole["separation"]);
        Assert.Equal(["store", "desk"], whole["parts"]!.AsArray().Select(part => (string?)part!["process"]));
        Assert.True(live);
        Assert.True(ready);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no health at all")]
    public void One_who_does_not_answer_is_not_ready_and_lives(string? answer)
    {
        var (json, live, ready) = MergedHealth.Merge([("store", Well), ("collector", answer)]);

        Assert.Contains("does not answer", json, StringComparison.Ordinal);
        Assert.True(live);
        Assert.False(ready);
    }

    [Fact]
    public void A_process_that_fails_fails_the_whole()
    {
        var (_, live, ready) = MergedHealth.Merge(
            [("store", Well), ("desk", """{"state":"failing","ready":true,"parts":[]}""")]);

        Assert.False(live);
        Assert.False(ready);
    }
}
