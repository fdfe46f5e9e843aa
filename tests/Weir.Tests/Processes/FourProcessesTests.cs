// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Peers.Memory;
using Weir.Tests.Support;

namespace Weir.Tests.Processes;

/// <summary>What crosses between the processes is taken once, whatever the network and kill -9 do to it.</summary>
public class FourProcessesTests
{
    private const int Lines = 24;

    [Fact]
    public async Task Without_faults_each_event_is_a_case_that_the_vault_sealed_and_the_collector_records()
    {
        await using var weir = new FourProcesses();
        await weir.StartAsync();
        for (var line = 1; line <= Lines; line++)
        {
            weir.Raise((ulong)line, $"10.0.0.{line}");
        }

        await SettledAsync(weir);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lost_repeated_and_late_messages_and_kills_of_each_change_nothing(int seed)
    {
        await using var weir = new FourProcesses();
        var dice = new Random(seed);
        var gate = new Lock();
        weir.Network.Fate = _ =>
        {
            lock (gate)
            {
                return dice.Next(6) switch
                {
                    0 => MemoryFate.LoseRequest,
                    1 => MemoryFate.LoseReply,
                    2 => MemoryFate.Duplicate,
                    3 => MemoryFate.Deliver with { Delay = TimeSpan.FromMilliseconds(dice.Next(50)) },
                    _ => MemoryFate.Deliver,
                };
            }
        };
        await weir.StartAsync();
        for (var line = 1; line <= Lines; line++)
        {
            weir.Raise((ulong)line, $"10.0.0.{line}");
            switch (line % 8)
            {
                case 2:
                    await weir.KillDeskAsync();
                    await weir.StartDeskAsync();
                    break;
                case 5:
                    await weir.KillVaultAsync();
                    await weir.StartVaultAsync();
                    break;
                case 7:
                    // What a collector has taken as an event stands in its outbox.
                    await Until.IsSoAsync(() => Task.FromResult(weir.IsEverythingKept), "the events are kept",
                        told: () => weir.All);
                    await weir.KillCollectorAsync();
                    await weir.StartCollectorAsync();
                    break;
            }
        }

        weir.Network.Fate = _ => MemoryFate.Deliver;
        await SettledAsync(weir);
    }

    private static async Task SettledAsync(FourProcesses weir)
    {
        await Until.IsSoAsync(
            () => Task.FromResult(
                weir.Desk.Files.Count() >= Lines && weir.Desk.Files.All(file => file.IsSealed)
                && weir.Desk.Files.SelectMany(file => file.Scopes).All(scope =>
                    weir.Desk.WholeSince(scope.Scope.Id) is not null)),
            "every event is a sealed case whose scope a collector records",
            told: () => $"{weir.Desk.Files.Count()} cases, {weir.Desk.Files.Count(file => file.IsSealed)} sealed, "
                + $"fault '{weir.Desk.Fault}'\n{weir.All}");
        Assert.Equal(Lines, weir.Desk.Files.Select(file => file.Subject).Distinct().Count());
        Assert.Equal(Lines, weir.Desk.Files.Count());
        Assert.All(weir.Desk.Files, file => Assert.Single(file.Scopes));
        Assert.Equal(Lines, weir.CasesOfVault);
    }
}
