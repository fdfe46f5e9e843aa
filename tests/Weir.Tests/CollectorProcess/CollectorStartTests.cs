// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Collecting.Sockets;
using Weir.Contracts.Grounds;
using Weir.Contracts.Segments;
using Weir.Contracts.Signing;
using Weir.Hosting.Running;

namespace Weir.Tests.CollectorProcess;

/// <summary>What can be refused is refused at the start, in a sentence, and leaves nothing behind.</summary>
public sealed class CollectorStartTests
{
    [Fact]
    public async Task A_port_that_is_taken_is_named_and_the_folders_are_free_again()
    {
        await using var world = new CollectorWorld();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var taken = (IPEndPoint)other.Client.LocalEndPoint!;
        var fault = await Assert.ThrowsAsync<IOException>(() => world.StartAsync(options => options with
        {
            Settings = world.Settings with { Collecting = new UdpOptions { Listen = [taken] } },
        }));
        Assert.Contains(taken.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), fault.Message,
            StringComparison.Ordinal);

        var process = await world.StartAsync();
        Assert.True(world.Health.Read().IsLive);
        await process.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_key_that_nobody_would_believe_is_refused()
    {
        await using var world = new CollectorWorld();
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => world.StartAsync(options => options with
        {
            Ring = new PublicKeyRing(ScopeGrounds.Kinds, []),
        }));
        Assert.Contains("collector/collector", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_and_the_health_of_every_component_are_there()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        await world.SendAsync(process, 3);
        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 3, "flows");
        Assert.Equal(
            [
                "audit", "clock", "disk", "events", "export-streams", "exporter-bounds", "exporters",
                "intake", "keys", "lists", "refusals", "scopes", "segments", "unlisted-exporters",
            ],
            world.Health.Read().Parts.Select(part => part.Part));
        await process.StopAsync(CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(world.Folder, "templates")));
        Assert.True(world.Counted["weir.decoding.datagrams{reason=clean,part=0}"] > 0);
    }

    [Fact]
    public async Task A_failure_that_collecting_cannot_do_without_stops_the_process_and_is_given_back()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var running = process.RunAsync(CancellationToken.None);
        process.Services.GetRequiredService<ProcessFailure>().Report("a lane", new IOException("its socket is gone"));
        await world.UntilAsync(() => running.IsCompleted, "the process stops");
        Assert.Equal("its socket is gone", (await running)?.Message);
        Assert.NotEmpty(world.Logs.Of(1051));
    }

    [Fact]
    public async Task A_spool_that_is_removed_under_a_running_collector_is_made_anew_and_it_goes_on()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        Directory.Delete(Path.Combine(world.Folder, "spool"), recursive: true);
        await world.SendAsync(process, 3);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Pairs) > 0, "the pairs are with the store");
        Assert.NotEmpty(world.Logs.Of(7014));
        await process.StopAsync(CancellationToken.None);
        Assert.Equal(3, await world.Store.FlowsAsync());
    }

    [Fact]
    public async Task What_exporters_say_the_time_is_is_told_to_those_who_erase()
    {
        await using var world = new CollectorWorld { Behind = TimeSpan.FromDays(5) };
        var process = await world.StartAsync();
        await world.SendAsync(process, 3);
        await world.UntilAsync(() => world.Desk.Heard is not null && world.Store.Heard is not null, "they are told");
        Assert.Equal(world.Desk.Heard, world.Store.Heard);
        var told = DateTimeOffset.FromUnixTimeMilliseconds(world.Desk.Heard!.AtMs);
        Assert.InRange(world.Clock.GetUtcNow() - told, TimeSpan.FromDays(5), TimeSpan.FromDays(5.1));
    }
}
