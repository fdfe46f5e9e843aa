// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Windows, profiles, allow-lists and lists as published, on what others recorded.</summary>
public sealed partial class AnalyzeOptionsTests : IDisposable
{
    private readonly AnalyzedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_window_holds_back_what_started_outside_it()
    {
        var data = SharedData.Path("flows/cicids2017/Botnet_736.csv.xz");
        var list = _folder.File("c2.txt", "205.174.165.73\n");
        var report = await _folder.RunAsync(
            "192.168.10.0/24",
            ["--watchlist", list, "--since", "2017-07-07T13:00:00Z", "--until", "2017-07-07T13:20:00Z"], data);

        Assert.Equal(["192.168.10.15", "192.168.10.9"], AnalyzedFolder.Infected(report));
        Assert.Equal("2017-07-07T13:00:00Z", report.GetProperty("window").GetProperty("from").GetString());
        Assert.Equal("2017-07-07T13:20:00Z", report.GetProperty("window").GetProperty("until").GetString());
        Assert.True(report.GetProperty("flows").GetProperty("outsideWindow").GetInt64() > 0);
        AnalyzedFolder.Balanced(report);
    }

    [Theory]
    [InlineData("us-provider")]
    [InlineData("eu-provider")]
    public async Task Outside_the_lab_no_output_names_a_subject(string profile)
    {
        var data = SharedData.Path("flows/cicids2017/Botnet_736.csv.xz");
        var list = _folder.File("c2.txt", "205.174.165.73\n");
        var result = await _folder.ResultAsync("192.168.8.0/21", ["--watchlist", list, "--profile", profile], data);

        string[] outputs =
        [
            result.Out,
            result.Error,
            await File.ReadAllTextAsync(_folder.Json),
            await File.ReadAllTextAsync(_folder.Html)
        ];
        Assert.All(outputs, text => Assert.DoesNotMatch(SubjectAddress(), text));
        // Fewer than 500 lines speak: what any one of them met is told to nobody, the endpoint's name neither.
        Assert.DoesNotContain("205.174.165.73", outputs[2], StringComparison.Ordinal);
        Assert.Contains(profile, outputs[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_allowed_address_accuses_nobody_whatever_lists_say()
    {
        var data = SharedData.Path("flows/cicids2017/Botnet_736.csv.xz");
        var list = _folder.File("c2.txt", "205.174.165.73\n");
        var allow = _folder.File("allow.txt", "205.174.165.0/24\n");
        var report = await _folder.RunAsync(
            "192.168.10.0/24", ["--watchlist", list, "--watchlist", $"{allow},role=allow"], data);

        Assert.Empty(AnalyzedFolder.Infected(report));
        Assert.Empty(report.GetProperty("sightings").EnumerateArray());
        Assert.Equal(["c2", "allow"], report.GetProperty("watchlists")
            .EnumerateArray().Select(w => w.GetProperty("role").GetString()!));
        AnalyzedFolder.Balanced(report);
    }

    [Theory]
    [InlineData("71.61.66.148:80")]
    [InlineData("66.67.61.168:63798")]
    [InlineData("50.50.50.53:53")]
    public async Task Knocking_without_an_answer_is_an_attempt_and_no_infection(string victim)
    {
        var data = SharedData.Path("flows/iot23-34-1/conn.log.labeled.xz");
        var report = await _folder.AnalyzeAsync("192.168.1.0/24", _folder.File("c2.txt", victim + "\n"), data);

        Assert.Empty(AnalyzedFolder.Infected(report));
        var sighting = Assert.Single(report.GetProperty("sightings").EnumerateArray());
        Assert.Equal(0, sighting.GetProperty("subjects").GetInt32());
        Assert.True(sighting.GetProperty("attempts").GetInt32() > 0);
        Assert.Equal(0, report.GetProperty("subjects").GetProperty("cases").GetInt32());
    }

    [Theory]
    [InlineData("ipsum/ipsum.txt.xz,min-hits=5", 1_000, 2_000)]
    [InlineData("ipsum/ipsum.txt.xz", 100_000, 200_000)]
    [InlineData("tweetfeed/misp", 200, 300)]
    [InlineData("tweetfeed/stix/week.json.xz", 100, 300)]
    [InlineData("stix/UAT-10147 deploys SPECTRE.json", 4, 4)]
    [InlineData("spamhaus/drop_v4.json", 1_000, 2_000)]
    [InlineData("firehol/dshield.netset,role=attacker", 10, 30)]
    [InlineData("abusech/threatfox-lookalike.csv.xz", 3, 30)]
    public async Task A_published_list_is_read_and_an_ordinary_network_stays_innocent(string feed, int least, int most)
    {
        var data = SharedData.Path("flows/ordinary-lan/conn.log.labeled.xz");
        var feeds = SharedData.Path("feeds");
        var report = await _folder.AnalyzeAsync(
            "192.168.0.0/16,10.0.0.0/8,172.16.0.0/12", Path.Combine(feeds, feed), data);

        Assert.InRange(
            Assert.Single(report.GetProperty("watchlists").EnumerateArray()).GetProperty("entries").GetInt32(),
            least, most);
        Assert.Empty(AnalyzedFolder.Infected(report));
        Assert.Empty(report.GetProperty("candidates").EnumerateArray());
    }

    [GeneratedRegex(@"192\.168\.10\.\d+(?!/)\b(?!\.0/24)")]
    private static partial Regex SubjectAddress();
}
