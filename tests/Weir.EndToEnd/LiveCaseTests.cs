// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing.Reading;
using Weir.Lab.Telling;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>The mail's case by the real program: flows over UDP into <c>weir serve</c>, everything else by its own
/// command line over its socket.</summary>
public sealed class LiveCaseTests : IDisposable
{
    private const string Administrator = "daemon";
    private const string Stranger = "nobody";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_command_line_shows_the_flood_s_flows_and_nothing_else_of_that_line()
    {
        Need.OtherUsers();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001); // others may come to the socket
        var place = await ServeFixture.MakeMailAsync(
            _folder, $"access:\n  analysts: [{Environment.UserName}]\n  administrators: [{Administrator}]\n");
        await using var weir = await RunningWeir.StartAsync(place);
        await ReloadingAsync(weir, place.SendAsync("sent"));
        var records = LabRecords.Read(_folder.At($"sent/{LabRecords.FileName}"));
        await weir.UntilAsync("two floods and a spam run are told", async () =>
            await weir.SumAsync("weir_detecting_events_closed_total") >= 3);
        Assert.Equal(0, await weir.SumAsync("weir_detecting_flows_total", "late"));

        var cases = await ListAsync(place, "case", "list");
        foreach (var (line, scopes) in new[] { ("A", 1), ("B", 2) })
        {
            var subject = records.First(r => r.Line == line).Subject;
            var row = Assert.Single(cases, c => c.GetProperty("subject").GetString() == subject.ToString());
            Assert.Equal(scopes, row.GetProperty("scopes").GetInt32());
            var shown = await ListAsync(place, "case", "show", Text(row, "case"));
            Assert.Equal(
                line == "A" ? ["out udp rport=7703"] : ["out tcp rport=25", "out udp rport=7703"],
                shown.Select(s => Text(s, "class").Split(" raddr=")[0]).Order(StringComparer.Ordinal));
            foreach (var scope in shown)
            {
                await EvidenceIsTheTruthAsync(weir, place, records, subject, Text(row, "case"), scope);
            }
        }

        await OthersAreRefusedAsync(place, cases, records.First(r => r.Line == "A").Subject);
        Assert.Equal(0, await weir.StopAsync());
        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", place.Audit);
        Assert.True(verified.ExitCode == 0, verified.Out);
        Assert.StartsWith("sound: ", verified.Out, StringComparison.Ordinal);
    }

    /// <summary>The configuration is read again and again while the flows come: no row of evidence may miss for it.
    /// </summary>
    private static async Task ReloadingAsync(RunningWeir weir, Task<LabRun> sending)
    {
        var times = 0;
        while (!sending.IsCompleted)
        {
            await weir.HangUpAsync();
            times++;
            await weir.UntilAsync("it is read again", () => Task.FromResult(
                weir.Log.Split("weir collector has read its configuration again").Length > times));
        }

        _ = await sending;
        Assert.NotEqual(0, times);
    }

    private static async Task EvidenceIsTheTruthAsync(
        RunningWeir weir, ServeFixture place, IReadOnlyList<LabRecord> records, IpKey subject, string id,
        JsonElement scope)
    {
        var remotes = Text(scope, "class").Split(" trait=")[0].Split(" raddr=") is [_, not "any" and var addresses]
            ? addresses.Split(',').Select(IpKey.Parse)
            : [];
        var spam = Text(scope, "class").Contains("tcp", StringComparison.Ordinal);
        var inside = new FlowPredicate
        {
            Direction = Direction.Out,
            Protocol = spam ? Protocols.Tcp : Protocols.Udp,
            RemotePorts = [spam ? (ushort)25 : (ushort)7_703],
            Remotes = [.. remotes]
        };
        var difference = new EvidenceDifference([], [], 0);
        await weir.UntilAsync("the evidence is whole", async () =>
        {
            var rows = await ListAsync(
                place, "case", "evidence", id, "--scope", Text(scope, "scope"), "--limit", "50000");
            difference = EvidenceComparison.Compare(
                records, subject, inside, Ms(scope, "from"), Ms(scope, "until"), rows.Select(RowOf));
            return difference.Missing.Count == 0 || difference.Outside.Count > 0;
        });
        Assert.Empty(difference.Outside);
        Assert.InRange(difference.Expected, spam ? 7_000 : 24, 9_000);
    }

    /// <summary>Mail of the line that did not spam, the administrator, and somebody without a role: refused, each
    /// with its entry.</summary>
    private static async Task OthersAreRefusedAsync(ServeFixture place, List<JsonElement> cases, IpKey subject)
    {
        var id = Text(cases.First(c => Text(c, "subject") == subject.ToString()), "case");
        var mail = await WeirProcess.RunAsync(
            "case", "evidence", id, "--predicate", "out/tcp/25", "--socket", place.Control, "-o", "json");
        Assert.Equal(1, mail.ExitCode);
        Assert.Empty(mail.Out);
        Assert.Contains("out-of-scope", mail.Error, StringComparison.Ordinal);
        Assert.Contains(AuditReader.Entries(place.Audit), e =>
            e.Entry.Outcome == "out-of-scope" && e.Entry.Actor == Environment.UserName);

        foreach (var user in new[] { Administrator, Stranger })
        {
            foreach (var asked in new string[][] { ["case", "list"], ["case", "evidence", id] })
            {
                var refused = await OtherUser.RunAsync(user, [.. asked, "--socket", place.Control, "-o", "json"]);
                Assert.Equal(1, refused.ExitCode);
                Assert.Empty(refused.Out);
                Assert.Contains("role-may-not", refused.Error, StringComparison.Ordinal);
                Assert.Contains(AuditReader.Entries(place.Audit), e =>
                    e.Entry.Actor == user && e.Entry.Outcome == "role-may-not");
            }
        }
    }

    private static async Task<List<JsonElement>> ListAsync(ServeFixture place, params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "--socket", place.Control, "-o", "json"]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private static EvidenceRow RowOf(JsonElement row) => new()
    {
        StartMs = Ms(row, "start"), EndMs = Ms(row, "end"),
        Remote = new Endpoint(
            IpKey.Parse(Text(row, "remote")), (ushort)row.GetProperty("port").GetInt32(),
            Protocols.TryParse(Text(row, "protocol"), out var protocol) ? protocol : (byte)0),
        PacketsOut = Number(row, "packetsOut"),
        PacketsIn = Number(row, "packetsIn"),
        OctetsOut = Number(row, "octetsOut"),
        OctetsIn = Number(row, "octetsIn"),
        FlagsOut = (byte)Number(row, "flagsOut"),
        FlagsIn = (byte)Number(row, "flagsIn"),
        SamplingInterval = 1,
    };

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static ulong Number(JsonElement row, string name) => row.GetProperty(name).GetUInt64();

    private static long Ms(JsonElement row, string name) =>
        row.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();
}
