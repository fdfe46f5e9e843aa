// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Contracts.Lists;
using Weir.Desk.Complaints;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>Confirmed C&amp;Cs leave the real program in three formats, and no line with them.</summary>
public sealed partial class SharingTests : IDisposable
{
    private static readonly string[] Who = [
        "--org", "Example Net", "--domain", "example.net", "--contact", "abuse@example.net"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Run", "prove")]
    [Trait("Part", "stories")]
    [Fact]
    public async Task What_lines_talked_to_is_exported_by_itself_and_on_record()
    {
        Need.OtherUsers();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001);
        var place = await ServeFixture.MakeAsync(_folder);
        await File.AppendAllTextAsync(
            place.Configuration, $"\naccess:\n  operators: [{Environment.UserName}]\n  auditors: [daemon]\n");
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("sent");
        await weir.SettledAsync(sent.Flows);
        await weir.UntilAsync("contacts are in the store", async () =>
            (await ExportAsync(place, "stix")).Contains("\"indicator\"", StringComparison.Ordinal));

        var (stix, misp, xarf) = (
            await ExportAsync(place, "stix"), await ExportAsync(place, "misp", "--tlp", "green"),
            await ExportAsync(place, "xarf"));
        var listed =
            FeedReader.Read(FeedOptions.Parse(_folder.At("provider/watchlist.txt")), TimeProvider.System).Entries
                .Select(e => e.What.Network).ToHashSet();
        foreach (var (name, text) in new[] { ("stix", stix), ("misp", misp) })
        {
            var feed = FeedReader.Read(FeedOptions.Parse(_folder.File($"{name}.json", text)), TimeProvider.System);
            Assert.Equal(name, feed.Format);
            Assert.NotEmpty(feed.Entries);
            Assert.Equal(0, feed.Refused.Count);
            Assert.All(feed.Entries, e => Assert.Contains(e.What.Network, listed));
        }

        var reports = XarfReader.Read(System.Text.Encoding.UTF8.GetBytes(xarf));
        Assert.Empty(reports.Faults);
        Assert.All(reports.Complaints, c => Assert.Contains(c.Source, listed));
        Assert.Contains("tlp:green", misp, StringComparison.Ordinal);
        Assert.All(sent.Infected, line =>
            Assert.DoesNotMatch($@"(?<![\d.]){Regex.Escape(line)}(?![\d.])", stix + misp + xarf));
        Assert.All(Bands().Matches(stix).Select(m => m.Groups[1].Value), band =>
            Assert.True(band == "<10" || int.Parse(band) % 5 == 0, band));

        // To files: the same objects again; a report each.
        foreach (var to in new[] { "one.json", "two.json" })
        {
            await ExportAsync(place, "stix", "--out", _folder.At(to));
        }

        Assert.Equal(Ids("one.json"), Ids("two.json"));
        await ExportAsync(place, "xarf", "--out", _folder.At("reports"));
        Assert.Equal(reports.Complaints.Count, Directory.EnumerateFiles(_folder.At("reports"), "*.json").Count());

        var refused = await OtherUser.RunAsync(
            "daemon", ["notify", "export", "stix", .. Who, "--socket", place.Control]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Empty(refused.Out);
        Assert.Contains("role-may-not", refused.Error, StringComparison.Ordinal);

        var bad = await WeirProcess.RunAsync([
            "notify", "export", "stix", "--org", "x", "--domain", "example.net", "--contact", "nobody", "--socket",
            place.Control]);
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains(AuditReader.Entries(place.Audit), e =>
            e.Entry is { Act: AuditActions.PopulationReport, Outcome: AuditActions.Allow, Rows: > 0 }
            && e.Entry.ResultDigest.Length == 64 && e.Entry.Actor == Environment.UserName);
    }

    private List<string> Ids(string name)
    {
        using var bundle = JsonDocument.Parse(File.ReadAllText(_folder.At(name)));
        return [.. bundle.RootElement
            .GetProperty("objects").EnumerateArray().Select(o => o.GetProperty("id").GetString()!)];
    }

    private static async Task<string> ExportAsync(ServeFixture place, string format, params string[] more)
    {
        var result = await WeirProcess.RunAsync(
            ["notify", "export", format, .. Who, "--socket", place.Control, .. more]);
        Assert.True(result.ExitCode == 0, result.Error);
        if (result.Out.Length > 0)
        {
            JsonDocument.Parse(result.Out).Dispose();
        }

        return result.Out;
    }

    [GeneratedRegex(@"exchanged traffic with it: ([^.]+)\.")]
    private static partial Regex Bands();
}
