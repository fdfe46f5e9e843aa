// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.EndToEnd.Support;
using Weir.Lab.Telling;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>The program as a collector: flow exports come over real UDP from processes of their own, and it is killed
/// and stopped as a machine would.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_live_run_names_who_is_infected_and_every_number_adds_up()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("truth");

        await weir.SettledAsync(sent.Flows);
        var report = await place.NextReportAsync(weir);

        Assert.NotEmpty(sent.Infected);
        Assert.Equal(sent.Infected, ServeFixture.Infected(report));
        Assert.Equal($"udp 127.0.0.1:{place.Flows}", report.GetProperty("inputs")[0].GetProperty("path").GetString());
        Assert.Equal(sent.Datagrams, report.GetProperty("inputs")[0].GetProperty("datagrams").GetInt64());
        Assert.Equal(sent.Flows, report.GetProperty("flows").GetProperty("read").GetInt64());
        await AddsUpAsync(weir, sent.Datagrams, sent.Flows);
        var health = await weir.HealthAsync();
        Assert.True(health.GetProperty("state").GetString() == "ok", health.GetRawText());
        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(sent.Flows, await StoredPairs.FlowsAsync(place));
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task Killed_and_started_again_it_has_everything_once_and_knows_what_it_knew()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        LabRun first;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            first = await place.SendAsync("first");
            await weir.SettledAsync(first.Flows);
            await weir.KillAsync();
        }

        await using var again = await RunningWeir.StartAsync(place);
        var infected = ServeFixture.Infected(await place.NextReportAsync(again));
        Assert.Equal(first.Infected, infected);

        // The exporters start anew too: other source ports, sequences from nothing.
        var second = await place.SendAsync("second", "--protocol", "ipfix");
        await again.SettledAsync(second.Flows);
        await AddsUpAsync(again, second.Datagrams, second.Flows);
        Assert.Equal(0, await again.StopAsync());
        Assert.Equal(first.Flows + second.Flows, await StoredPairs.FlowsAsync(place));
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task Killed_while_it_takes_flows_it_loses_nothing_that_a_segment_held()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        double held;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var sending = place.SendAsync("first");
            await weir.UntilAsync(
                "a good part is in segments", async () => await weir.SumAsync("weir_digesting_rows_total") > 1_000);
            held = await weir.SumAsync("weir_digesting_rows_total");
            await weir.KillAsync();
            _ = await sending;
        }

        await using (var again = await RunningWeir.StartAsync(place))
        {
            await again.SettledAsync(0);
            Assert.Equal(0, await again.StopAsync());
        }

        var (rows, twice) = await StoredPairs.RowsAsync(place);
        Assert.True(rows >= held, $"{rows} rows in the store, {held} were durable before the kill");
        Assert.Equal(0, twice);
    }

    [Fact]
    public async Task Stopped_while_flows_are_in_memory_it_writes_them_out_and_keeps_the_templates()
    {
        var place = await ServeFixture.MakeAsync(_folder, flush: "1h");
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("truth");
        await weir.UntilAsync(
            "all is read", async () => await weir.SumAsync("weir_digesting_flows_total") >= sent.Flows);
        Assert.Equal(0, await weir.SumAsync("weir_digesting_rows_total"));

        Assert.Equal(0, await weir.StopAsync());

        var stored = await StoredPairs.FlowsAsync(place);
        Assert.True(sent.Flows == stored, $"{stored} of {sent.Flows} flows are in the store\n{weir.Log}");
        await using var again = await RunningWeir.StartAsync(place);
        await again.UntilAsync("it says what it knows", () =>
            Task.FromResult(again.Log.Contains("templates of 1 exporters restored", StringComparison.Ordinal)));
        Assert.Equal(0, await again.StopAsync());
    }

    [Fact]
    public async Task A_providers_report_names_nobody_and_the_key_is_its_owners_alone()
    {
        // A provider's window is the UTC day that is over.
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", from: new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(-12), TimeSpan.Zero));
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("truth");
        await weir.SettledAsync(sent.Flows);
        var report = await place.NextReportAsync(weir);

        Assert.Equal("us-provider", report.GetProperty("profile").GetString());
        Assert.Empty(report.GetProperty("infected").EnumerateArray());
        Assert.DoesNotContain("\"10.0.", report.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            report.GetProperty("events").EnumerateArray(), e => e.GetProperty("rule").GetString() == "cnc-contact");
        Assert.All(report.GetProperty("events").EnumerateArray(), e =>
            Assert.StartsWith("p-", e.GetProperty("subject").GetString(), StringComparison.Ordinal));
        Assert.Contains(report.GetProperty("eventCounts").EnumerateArray(), c =>
            c.GetProperty("rule").GetString() == "cnc-contact");
        Assert.Contains("service events", report.GetProperty("withholdings")
            .EnumerateArray().Select(w => w.GetProperty("what").GetString()));
        Assert.True(
            report.GetProperty("subjects").GetProperty("cases").ToString() is not ("0" or ""),
            report.GetProperty("subjects").GetRawText());
        var keys = Directory.GetFiles(place.Keys);
        Assert.NotEmpty(keys);
        Assert.All(
            keys, key => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key)));
        Assert.Equal(0, await weir.StopAsync());
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task The_report_tells_of_the_events_of_its_window_also_of_those_before_a_restart()
    {
        var place = await ServeFixture.MakeMailAsync(_folder, "");
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            _ = await place.SendAsync("sent");
            await weir.UntilAsync("two floods and a spam run are told", async () =>
                await weir.SumAsync("weir_detecting_events_closed_total") >= 3);
            Told(await place.NextReportAsync(weir));
            Assert.Equal(0, await weir.StopAsync());
        }

        await using var again = await RunningWeir.StartAsync(place);
        Told(await place.NextReportAsync(again));
        Assert.Equal(0, await again.StopAsync());

        void Told(JsonElement report)
        {
            var truth = LabRecords.Read(_folder.At($"sent/{LabRecords.FileName}"));
            string SubjectOf(string line) => truth.First(r => r.Line == line).Subject.ToString();
            var events = report.GetProperty("events")
                .EnumerateArray().Where(e => e.GetProperty("rule").GetString() is "flood-out" or "spam").ToList();
            Assert.Equal(
                new[] { (SubjectOf("A"), "flood-out"), (SubjectOf("B"), "flood-out"), (SubjectOf("B"), "spam") }
                    .Order(),
                events.Select(e => (e.GetProperty("subject").GetString()!, e.GetProperty("rule").GetString()!))
                    .Order());
            Assert.All(events, e => Assert.True(
                e.GetProperty("measured").GetDouble() >= e.GetProperty("threshold").GetDouble(), e.GetRawText()));
            Assert.All(
                events, e => Assert.True(e.GetProperty("until").GetDateTimeOffset() >= report.GetProperty("window")
                    .GetProperty("from").GetDateTimeOffset(), e.GetRawText()));
            Assert.Contains(report.GetProperty("eventCounts").EnumerateArray(), c =>
                c.GetProperty("rule").GetString() == "flood-out" && c.GetProperty("events").GetInt32() == 2);
        }
    }

    [Fact]
    public async Task Malformed_datagrams_are_counted_by_exporter_and_reason_and_told_once()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using var weir = await RunningWeir.StartAsync(place);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < 50; i++)
        {
            socket.SendTo([0, 9, 0, 1, 0, 0, 0], new IPEndPoint(IPAddress.Loopback, place.Flows));
        }

        await weir.UntilAsync(
            "the datagrams came", async () => await weir.SumAsync("weir_collecting_received_datagrams_total") == 50);

        await weir.UntilAsync("they are counted", async () =>
            await weir.SumAsync("weir_collecting_malformed_faults_total", "exporter=\"127.0.0.1\"") == 50);
        Assert.Equal(50, await weir.SumAsync("weir_decoding_datagrams_total", "dropped"));
        await weir.UntilAsync(
            "it is told once", () => Task.FromResult(weir.Log.Split("sent something malformed").Length == 2));
        Assert.Equal(0, await weir.StopAsync());
    }

    [Fact]
    public async Task A_port_that_is_taken_a_list_that_is_missing_and_a_spool_in_use_end_the_start_with_a_sentence()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        using (var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Loopback, place.Flows));
            var refused = await WeirProcess.RunAsync("serve", "--config", place.Configuration);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(
                $"weir: collecting.listen: UDP 127.0.0.1:{place.Flows} cannot be opened: another program has it",
                refused.Error, StringComparison.Ordinal);
        }

        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var other = (await File.ReadAllTextAsync(place.Configuration))
                .Replace($":{place.Flows}\"", $":{FreePort.Udp()}\"", StringComparison.Ordinal)
                .Replace($":{place.Web}", $":{FreePort.Tcp()}", StringComparison.Ordinal);
            var second = await WeirProcess.RunAsync("serve", "--config", _folder.File("second.yaml", other));
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("serve.lock is held by process ", second.Error, StringComparison.Ordinal);

            // Another place for everything but the one folder that is in use.
            string But(string kept) => ((string[])["weir", "audit", "cases", "flows", "spool"])
                .Where(name => name != kept)
                .Aggregate(other, (text, name) => text.Replace(
                    $": {_folder.At(name)}\n", $": {_folder.At(name)}-2\n", StringComparison.Ordinal));
            var audited = await WeirProcess.RunAsync("serve", "--config", _folder.File("audited.yaml", But("audit")));
            Assert.Equal(1, audited.ExitCode);
            Assert.Contains("weir: auditing.dir: ", audited.Error, StringComparison.Ordinal);

            var spooled = await WeirProcess.RunAsync("serve", "--config", _folder.File("spooled.yaml", But("spool")));
            Assert.Equal(1, spooled.ExitCode);
            Assert.Contains("weir: store.spool: the spool", spooled.Error, StringComparison.Ordinal);
            Assert.Equal(0, await weir.StopAsync());
        }

        File.Delete(_folder.At("provider/watchlist.txt"));
        var missing = await WeirProcess.RunAsync("serve", "--config", place.Configuration);
        Assert.Equal(3, missing.ExitCode);
        Assert.Contains("provider/watchlist.txt", missing.Error, StringComparison.Ordinal);

        var wrong = await WeirProcess.RunAsync(
            "serve", "--config", _folder.File("wrong.yaml", "collecting:\n  listem: []\n"));
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("wrong.yaml:2:", wrong.Error, StringComparison.Ordinal);
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task A_full_disk_stops_the_intake_says_so_and_it_goes_on_by_itself()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        using var disk = SmallDisk.Mount(_folder.At("spool"), megabytes: 320);
        await using var weir = await RunningWeir.StartAsync(place);
        disk.Fill(megabytes: 100);
        var sent = await place.SendAsync("truth");
        await weir.UntilAsync(
            "the intake is stopped", async () => await weir.SumAsync("weir_collecting_intake_open") == 0);
        var health = await weir.HealthAsync();
        Assert.Equal("degraded", health.GetProperty("state").GetString());
        Assert.False(health.GetProperty("ready").GetBoolean());
        Assert.Contains("is full", health.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, await weir.SumAsync("weir_spool_disk_refuses"));

        disk.Empty();

        await weir.SettledAsync(sent.Flows);
        await AddsUpAsync(weir, sent.Datagrams, sent.Flows);
        Assert.Equal(1, await weir.SumAsync("weir_collecting_intake_open"));
        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(sent.Flows, await StoredPairs.FlowsAsync(place));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("9")]
    [InlineData("10")]
    public async Task What_softflowd_exports_is_read_whole(string version)
    {
        var packed = SharedData.Path("packets/synscan.pcapng.xz");
        Need.Programs("softflowd");
        var place = await ServeFixture.MakeAsync(_folder);
        await using var weir = await RunningWeir.StartAsync(place);
        var capture = _folder.At("packets.pcapng");
        await Tool.RunAsync("sh", "-c", $"xz -dc '{packed}' > '{capture}'");
        await Tool.RunAsync("softflowd", "-r", capture, "-v", version, "-n", $"127.0.0.1:{place.Flows}");

        await Until.UdpIsReadAsync(place.Flows);
        await weir.UntilAsync("all of them are read", async () =>
        {
            var page = await weir.MetricsAsync();
            double Sum(string name) => page.Where(m => m.Key.Split('{')[0] == name).Sum(m => m.Value);
            return Sum("weir_decoding_flows_total") > 0
                && Sum("weir_decoding_datagrams_total") == Sum("weir_collecting_received_datagrams_total")
                && Sum("weir_attributing_flows_total") == Sum("weir_decoding_flows_total");
        });
        var received = await weir.SumAsync("weir_collecting_received_datagrams_total");
        Assert.Equal(received, await weir.SumAsync("weir_decoding_datagrams_total", "clean"));
        Assert.Equal(
            await weir.SumAsync("weir_decoding_flows_total"), await weir.SumAsync("weir_attributing_flows_total"));
        Assert.Equal(0, await weir.SumAsync("weir_decoding_template_unknown_sets_total"));
        if (version != "10")
        {
            // In IPFIX softflowd numbers a message by the records up to its end and leaves options records out, against
            // RFC 7011 section 3.1.
            Assert.Equal(0, await weir.SumAsync("weir_decoding_sequence_missing"));
        }

        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>Received = handled + counted losses, from the socket to the store.</summary>
    private static async Task AddsUpAsync(RunningWeir weir, long datagrams, long flows)
    {
        var dropped = await weir.SumAsync("weir_collecting_kernel_dropped_datagrams_total");
        var received = await weir.SumAsync("weir_collecting_received_datagrams_total");
        var read = await weir.SumAsync("weir_decoding_flows_total");
        var attributed = await weir.SumAsync("weir_attributing_flows_total", "\"attributed\"");

        Assert.Equal(datagrams, received + dropped);
        Assert.Equal(0, dropped);
        Assert.Equal(received, await weir.SumAsync("weir_decoding_datagrams_total"));
        Assert.Equal(received, await weir.SumAsync("weir_decoding_exporter_datagrams_total"));
        Assert.Equal(flows, read);
        Assert.Equal(read, await weir.SumAsync("weir_attributing_flows_total"));
        Assert.Equal(attributed, await weir.SumAsync("weir_matching_flows_total"));
        Assert.Equal(attributed, await weir.SumAsync("weir_digesting_flows_total"));
        Assert.Equal(attributed, await weir.SumAsync("weir_detecting_flows_total"));
        await weir.UntilAsync("every row written is accounted for", async () =>
        {
            // One page: evidence and sightings are still on their way when the pairs are in.
            var page = await weir.MetricsAsync();
            return page["weir_spool_rows_written_total"] == page["weir_spool_rows_loaded_total"]
                + page["weir_spool_rows_already_there_total"] + page["weir_spool_rows_set_aside_total"];
        });
        Assert.Equal(0, await weir.SumAsync("weir_spool_rows_set_aside_total"));
        Assert.Equal(0, await weir.SumAsync("weir_decoding_template_unknown_sets_total"));
        Assert.Equal(0, await weir.SumAsync("weir_decoding_sequence_missing"));
    }
}
