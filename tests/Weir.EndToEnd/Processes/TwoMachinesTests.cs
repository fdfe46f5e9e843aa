// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>A collector on another machine: with the right certificate it works, with a wrong one nothing of it is
/// taken and nothing is lost, and both sides say what to do.</summary>
public sealed class TwoMachinesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_collector_with_another_names_certificate_found_is_taken_once_it_has_the_right_one()
    {
        await using var machines = await TwoMachines.MakeAsync(_folder);
        await machines.IssueAsync("collector", "edge-2", machines.EdgeTls);
        await machines.StartAsync("store", "desk");
        await machines.StartRefusedAsync("collector");
        var sent = await machines.Traffic.SendAsync("sent");
        var (collector, store, desk) = (machines["collector"], machines["store"], machines["desk"]);
        await collector.UntilAsync("all is read and some of it waits", async () =>
            await collector.SumAsync("weir_digesting_flows_total") >= sent.Flows
            && await collector.SumAsync("weir_spool_segments_waiting") > 0
            && await collector.SumAsync("weir_outbox_waiting") > 0);
        foreach (var central in (RunningProcess[])[store, desk])
        {
            Assert.True(await central.SumAsync("weir_peers_connections_refused_total", "reason=\"not-listed\"") > 0);
            Assert.Equal(0, await central.SumAsync("weir_peers_requests_total", "role=\"collector\""));
            Assert.True(await collector.SumAsync(
                "weir_peers_calls_total", $"peer=\"{central.Name}\"", "code=\"broken\"") > 0);
            Assert.Contains(
                $"{central.Name} at https://127.0.0.1:{machines.Ports[central.Name]} closed the connection",
                collector.Log, StringComparison.Ordinal);
        }

        Assert.Contains("it may not believe the certificate of collector edge-2", collector.Log, StringComparison.Ordinal);

        // As an operator does who made the wrong one.
        Directory.Delete(machines.EdgeTls, recursive: true);
        await machines.IssueAsync("collector", TwoMachines.Edge, machines.EdgeTls);

        await collector.UntilAsync("all of it is taken", async () =>
            await collector.SumAsync("weir_spool_segments_waiting") == 0
            && await collector.SumAsync("weir_outbox_waiting") == 0
            && await collector.SumAsync("weir_digesting_pairs_held") == 0
            && await collector.SumAsync("weir_spool_rows_loaded_total")
                >= await collector.SumAsync("weir_spool_rows_written_total"));
        Assert.True(await store.SumAsync("weir_peers_requests_total", "role=\"collector\"", "code=\"ok\"") > 0);
        await desk.UntilAsync("every event is a case", async () =>
            await desk.SumAsync("weir_cases_events_waiting") == 0
            && await desk.SumAsync("weir_cases_events_total", "handled")
                == await collector.SumAsync("weir_events_signed_total"));
        Assert.True(await desk.SumAsync("weir_cases_files") > 0);
        Assert.Equal(0, await collector.SumAsync("weir_spool_rows_set_aside_total"));
        await machines.StopAsync();
        Assert.Equal(sent.Flows, await StoredPairs.FlowsAsync(machines.Traffic));
        Assert.Contains("certificate sha256:", desk.Log, StringComparison.Ordinal);
        Assert.Contains(
            "of collector edge-2, which does not stand in tls.peers of desk; add it there", desk.Log,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_shows_a_wrong_expired_or_other_processs_certificate_or_none_gets_no_answer_and_is_counted()
    {
        Need.Programs("curl");
        await using var machines = await TwoMachines.MakeAsync(_folder);
        await machines.StartAsync("store", "desk");
        await machines.IssueAsync("collector", TwoMachines.Edge, machines.EdgeTls);
        foreach (var central in (string[])["store", "desk"])
        {
            var right = await machines.AskAsync(central, machines.EdgeTls);
            Assert.True(right is 200 or 404, $"{central}: {right}");
        }

        _ = await TwoMachines.RunAsync("certs", "authority", _folder.At("other-ca"));
        await machines.IssueAsync("collector", TwoMachines.Edge, _folder.At("other-authority"), _folder.At("other-ca"));
        await machines.IssueAsync("vault", "vault-1", _folder.At("not-listed"));
        machines.IssueExpired(_folder.At("out-of-date"));

        foreach (var reason in (string[])["other-authority", "out-of-date", "not-listed"])
        {
            foreach (var central in (string[])["store", "desk"])
            {
                Assert.Equal(0, await machines.AskAsync(central, _folder.At(reason)));
                Assert.True(await machines[central].SumAsync(
                    "weir_peers_connections_refused_total", $"reason=\"{reason}\"") > 0, $"{central}: {reason}");
            }
        }

        Assert.Equal(0, await machines.AskAsync("store", certificates: null));
        Assert.Equal(2, await machines["store"].SumAsync("weir_peers_requests_total", "role=\"collector\"")
            + await machines["desk"].SumAsync("weir_peers_requests_total", "role=\"collector\""));
        await machines.StopAsync();
    }

    [Theory]
    [InlineData("desk", "is the certificate of desk edge-1, and this is a collector; put there what weir certs issue")]
    [InlineData("other", "did not issue it (CN=Weir authority did); put the authority's certificate there")]
    [InlineData("open", "a key must be readable by its owner alone; chmod 600 it")]
    [InlineData("none", "make certificate and key with weir certs issue")]
    public async Task A_collector_does_not_start_with_a_certificate_that_is_not_its_own(string which, string words)
    {
        await using var machines = await TwoMachines.MakeAsync(_folder);
        if (which == "other")
        {
            _ = await TwoMachines.RunAsync("certs", "authority", _folder.At("other-ca"));
        }

        if (which != "none")
        {
            await machines.IssueAsync(
                which == "desk" ? "desk" : "collector", TwoMachines.Edge, machines.EdgeTls,
                which == "other" ? _folder.At("other-ca") : null);
        }

        if (which == "open")
        {
            File.SetUnixFileMode(Path.Combine(machines.EdgeTls, "key.pem"), (UnixFileMode)0b110_100_100);
        }

        var started = await WeirProcess.RunAsync("collector", "--config", machines.Configuration("collector"));

        Assert.NotEqual(0, started.ExitCode);
        Assert.Contains(words, started.Error, StringComparison.Ordinal);
        Assert.Contains(machines.EdgeTls, started.Error, StringComparison.Ordinal);
    }
}
