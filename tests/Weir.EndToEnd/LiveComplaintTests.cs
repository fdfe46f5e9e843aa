// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.EndToEnd;

/// <summary>Complaints as they reach the running program: signed by the command line, by a reporter's own folder, and
/// again after a restart.</summary>
public sealed class LiveComplaintTests : IDisposable
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly TempFolder _folder = new();

    private string Drop => _folder.At("drop");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_complaint_opens_one_scope_whatever_way_it_comes_again_and_a_restart_forgets_none()
    {
        File.WriteAllBytes(_folder.At("peer.key"), Key);
        var place = await ServeFixture.MakeMailAsync(_folder, $"""
            access:
              analysts: [{Environment.UserName}]
            complaints:
              reporters:
                - name: peer
                  proof: signature
                  key-file: {_folder.At("peer.key")}
                - name: neighbour
                  proof: folder
                  path: {Drop}
            """);
        var network = File.ReadLines(_folder.At("provider/networks.txt"))
            .First(line => line.Contains('.', StringComparison.Ordinal)).Split('/')[0];
        var report = _folder.File("report.json", Xarf(network[..network.LastIndexOf('.')] + ".9", "1"));
        File.WriteAllBytes(report + ".sig", HMACSHA256.HashData(Key, File.ReadAllBytes(report)));
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            Assert.Equal((1, "not-authenticated"), await BringAsync(place, report));
            Assert.Empty(await CasesAsync(place));
            Assert.Equal((0, "opened"), await BringAsync(place, report, "--signature", report + ".sig"));
            Assert.Equal((0, "told-before"), await BringAsync(place, report, "--signature", report + ".sig"));
            var opened = Assert.Single(await CasesAsync(place));
            Assert.Equal(("complaint-handling", 1), (
                opened.GetProperty("purposes").GetString(), opened.GetProperty("scopes").GetInt32()));

            File.WriteAllText(Path.Combine(Drop, "a.json"), Xarf(network[..network.LastIndexOf('.')] + ".11", "2"));
            File.WriteAllText(Path.Combine(Drop, "b.json"), Xarf("198.51.100.1", "3"));
            await weir.UntilAsync("both are taken", () => Task.FromResult(
                File.Exists(Path.Combine(Drop, "done", "a.json"))
                && File.Exists(Path.Combine(Drop, "refused", "b.json"))));
            Assert.Empty(Directory.GetFiles(Drop));
            await weir.UntilAsync("the refusal is told", () => Task.FromResult(weir.Log.Contains(
                "complaint b.json of neighbour refused, unattributable: ", StringComparison.Ordinal)));
            Assert.Equal(2, (await CasesAsync(place)).Count);
            Assert.Equal(0, await weir.StopAsync());
        }

        await using var again = await RunningWeir.StartAsync(place);
        Assert.Equal((0, "told-before"), await BringAsync(place, report, "--signature", report + ".sig"));
        Assert.All(await CasesAsync(place), c => Assert.Equal(1, c.GetProperty("scopes").GetInt32()));
        Assert.Equal(0, await again.StopAsync());
        Assert.Equal(
            ["not-authenticated", "allow", "allow", "unattributable"], AuditReader.Entries(place.Audit)
                .Where(e => e.Entry.Act == AuditActions.Complaint).Select(e => e.Entry.Outcome));
    }

    [Fact]
    public async Task A_reporter_without_its_key_ends_the_start_with_a_sentence()
    {
        var place = await ServeFixture.MakeMailAsync(
            _folder, "complaints:\n  reporters:\n    - name: peer\n      proof: authentication-results\n");

        var refused = await WeirProcess.RunAsync("serve", "--config", place.Configuration);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("complaints.reporters[0].domain", refused.Error, StringComparison.Ordinal);
        Assert.Contains("complaints.authserv-id", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Outcome)> BringAsync(
        ServeFixture place, string file, params string[] more)
    {
        var result = await WeirProcess.RunAsync(
            ["case", "complaint", file, .. more, "--socket", place.Control, "-o", "json"]);
        Assert.True(result.Out.Length > 0, result.Error);
        return (result.ExitCode, JsonDocument.Parse(result.Out).RootElement[0].GetProperty("outcome").GetString()!);
    }

    private static async Task<List<JsonElement>> CasesAsync(ServeFixture place)
    {
        var result = await WeirProcess.RunAsync("case", "list", "--socket", place.Control, "-o", "json");
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private static string Xarf(string source, string id)
    {
        var at = TimeProvider.System.GetUtcNow()
            .AddMinutes(-2).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new StringBuilder("{\"xarf_version\":\"4.2.0\",\"report_id\":\"0b9d4c1e-6c1f-4a53-9a51-3f3a3a1de00")
            .Append(id).Append("\",\"timestamp\":\"").Append(at)
            .Append("\",\"reporter\":{\"org\":\"Peer\",\"contact\":\"abuse@peer.example\",\"domain\":\"peer.example\"},\"source_identifier\":\"").Append(source)
            .Append("\",\"source_port\":51234,\"category\":\"connection\",\"type\":\"ddos\",\"protocol\":\"udp\",\"destination_ip\":\"203.0.113.9\",\"destination_port\":7703,\"first_seen\":\"")
            .Append(at).Append("\"}").ToString();
    }
}
