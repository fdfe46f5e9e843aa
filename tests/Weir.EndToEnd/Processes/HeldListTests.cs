// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Matching.Fetching;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>A publisher whose list loses most of its entries, and the people who decide about it by the command line.
/// </summary>
public sealed class HeldListTests : IDisposable
{
    private const string Officer = "daemon";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "24")]
    [Fact]
    public async Task A_doubtful_copy_is_put_in_force_by_two_people_in_different_roles()
    {
        Need.OtherUsers();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001); // others may come to the socket
        await using var server = await FeedServer.StartAsync();
        server.Body = ListOf(40);
        var place = ServeFixture.MakeOwn(
            _folder, ["10.0.0.0/16"], ["203.0.113.66:443"],
            $"access:\n  operators: [{Environment.UserName}]\n  privacy-officers: [{Officer}]\n", "lab");
        var yaml = await File.ReadAllTextAsync(place.Configuration);
        await File.WriteAllTextAsync(place.Configuration, yaml.Replace(
            "matching:\n  lists:\n",
            $"matching:\n  lists:\n    - name: ours\n      url: {server.At("/list")}\n      private: true\n"
            + $"      ca-file: {server.CaFile}\n", StringComparison.Ordinal));
        await using var weir = await RunningWeir.StartAsync(place);
        await weir.UntilAsync("the list is fetched", async () => await EntriesAsync(weir) == 40);

        server.Body = ListOf(4);
        var (code, fetched) = await RunAsync("watchlist", "refresh", "ours", "--config", place.Configuration);
        Assert.Equal((1, "held"), (code, fetched.Single().GetProperty("outcome").GetString()));
        (_, var held) = await RunAsync("watchlist", "held", "--socket", place.Control);
        Assert.Equal((4, 40), (held[0].GetProperty("entries").GetInt32(), held[0].GetProperty("inForce").GetInt32()));

        string[] release = ["watchlist", "release", "ours", "--socket", place.Control, "-o", "json"];
        Assert.Contains("waits", (await WeirProcess.RunAsync(release)).Out, StringComparison.Ordinal);
        var alone = await WeirProcess.RunAsync(release);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("another person in another role", alone.Error, StringComparison.Ordinal);
        Assert.Equal(40, await EntriesAsync(weir));

        var second = await OtherUser.RunAsync(Officer, release);
        Assert.True(second.ExitCode == 0, second.Error);
        await weir.UntilAsync("the collector has it", async () => await EntriesAsync(weir) == 4);
        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(
            [("ask-list-release", "allow"), ("release-list", "second-person-needed"), ("release-list", "allow")],
            AuditReader.Entries(place.Audit).Where(e => e.Entry.Act.EndsWith("release", StringComparison.Ordinal)
                || e.Entry.Act == "release-list").Select(e => (e.Entry.Act, e.Entry.Outcome)));
    }

    private static string ListOf(int entries) =>
        string.Concat(Enumerable.Range(1, entries).Select(i => $"203.0.113.{i}:443\n"));

    private static Task<double> EntriesAsync(RunningWeir weir) => weir.SumAsync("weir_lists_copy_entries", "\"ours\"");

    private static async Task<(int Code, List<JsonElement> Rows)> RunAsync(params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "-o", "json"]);
        Assert.True(result.ExitCode is 0 or 1 && result.Out.Length > 0, result.Error);
        return (result.ExitCode, [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()]);
    }
}
