// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Jobs;
using Weir.Lab.Telling;
using Weir.Lab.Traffic;

namespace Weir.Tests.Lab;

/// <summary>Bots with jobs, and each adverse form.</summary>
public sealed class JobsTests
{
    private static readonly LabOptions Small = new()
    {
        Subscribers = 3_000,
        Seconds = 21_600,
        Bots = 240,
        Nets = 3,
        ListEntries = 60,
        Flows = 60_000,
        Jobs = LabJobs.Usual,
        Seed = 3,
    };

    [Fact]
    public void Every_endpoint_of_a_botnet_has_its_role_and_bots_beside_it()
    {
        var (truth, _) = Run(Small);

        Assert.Equal("usual", truth.Run.Jobs);
        var roles = truth.Roles!.CountBy(role => role.Role).ToDictionary();
        Assert.True(roles["command"] >= 15, $"{roles["command"]} C&Cs");
        Assert.True(roles["advert"] >= 40, $"{roles["advert"]} adverts");
        Assert.Contains("downloader", roles.Keys);
        Assert.All(truth.Roles!, role => Assert.True(role.Bots > 0 && role.KnownBots <= role.Bots, $"{role}"));
        Assert.Equal(
            truth.HiddenCncs.Concat(truth.KnownCncs).Where(cnc => cnc.Bots > 0).Select(cnc => cnc.Endpoint).Order(),
            truth.Roles!.Where(role => role.Role == "command" && role.Bots > 0).Select(role => role.Endpoint)
                .Intersect(truth.HiddenCncs.Concat(truth.KnownCncs).Where(cnc => cnc.Bots > 0).Select(cnc => cnc.Endpoint))
                .Order());
    }

    [Fact]
    public void Without_jobs_no_roles_are_told() => Assert.Null(Run(Small with { Jobs = LabJobs.None }).Truth.Roles);

    [Fact]
    public void A_net_without_a_server_has_peers_alone_that_two_of_its_bots_share()
    {
        var (truth, _) = Run(Small with { Jobs = LabJobs.PeersOnly });

        var net = truth.PeerNets!.Single(one => one.Only);
        Assert.Equal(0, net.Net);
        Assert.True(net.Bots.Count >= 60, $"{net.Bots.Count} bots with peers");
        Assert.DoesNotContain(truth.HiddenCncs, cnc => cnc.Net == 0);
        var roles = truth.Roles!.Where(role => role.Net == 0).ToList();
        Assert.All(roles.Where(role => role.Role == "peer"), role => Assert.InRange(role.Bots, 1, 3));
        Assert.Contains(roles, role => role is { Role: "peer", Bots: 2 });
        Assert.DoesNotContain(roles, role => role.Role is not ("peer" or "command"));
    }

    [Fact]
    public void File_sharing_changes_no_bot_and_is_of_no_net()
    {
        var (before, _) = Run(Small);
        var (after, _) = Run(Small with { FileSharing = 0.05 });

        Assert.Equal(before.Bots.Select(bot => bot.Subject), after.Bots.Select(bot => bot.Subject));
        Assert.DoesNotContain(before.Roles!, role => role.Role == "swarm");
        Assert.All(after.Roles!.Where(role => role.Role == "swarm"), role => Assert.Equal(-1, role.Net));
        Assert.Contains(after.Roles!, role => role.Role == "swarm");
    }

    [Fact]
    public void Some_lines_have_two_families_and_the_truth_names_both()
    {
        var lines = Run(Small).Truth.Bots.GroupBy(bot => bot.Subject).ToList();

        Assert.Contains(lines, line => line.Select(bot => bot.Net).Distinct().Count() == 2);
        Assert.All(lines, line => Assert.InRange(line.Count(), 1, 2));
    }

    [Fact]
    public void A_usual_bot_meets_its_CnC_before_what_it_is_sent_to() =>
        Assert.True(ShareOfBots(LabJobs.Usual, CommandFirst) >= 0.9);

    [Fact]
    public void Late_command_means_advertising_first() =>
        Assert.True(ShareOfBots(LabJobs.LateCommand, CommandFirst) <= 0.1);

    [Fact]
    public void Campaign_first_means_adverts_within_the_first_hour()
    {
        var (_, met) = Run(Small with { Jobs = LabJobs.CampaignFirst });

        Assert.True(met.Count(one => one.Role == EndpointRole.Advert && one.AtMs < Small.StartMs + 1_200_000) > 200);
    }

    [Fact]
    public void Update_first_means_the_update_host_comes_before_the_CnC() =>
        Assert.True(ShareOfBots(LabJobs.UpdateFirst, own =>
            First(own, EndpointRole.Update) is { } update && First(own, EndpointRole.Command) is { } command
                ? update < command : null) >= 0.9);

    [Theory]
    [InlineData(LabJobs.Usual)]
    [InlineData(LabJobs.LateCommand)]
    public void The_same_seed_gives_the_same_run_and_another_seed_another(LabJobs jobs)
    {
        var options = Small with { Jobs = jobs };
        Assert.Equal(Run(options).Met, Run(options).Met);
        Assert.NotEqual(Run(options).Met, Run(options with { Seed = 4 }).Met);
    }

    [Theory]
    [InlineData(1_800, LabScenario.Provider, "--seconds is 1800")]
    [InlineData(7_200, LabScenario.Mail, "--jobs needs --scenario provider")]
    public void Options_that_make_no_sense_are_named(int seconds, LabScenario scenario, string fault) =>
        Assert.Contains((Small with { Seconds = seconds, Scenario = scenario }).Faults(), one => one.Contains(fault));

    private static bool? CommandFirst(IReadOnlyList<(EndpointRole Role, long AtMs)> own) =>
        First(own, EndpointRole.Command) is { } command && First(own, EndpointRole.Advert) is { } advert
            ? command < advert : null;

    private static long? First(IReadOnlyList<(EndpointRole Role, long AtMs)> own, EndpointRole role) =>
        own.Where(one => one.Role == role).Select(one => (long?)one.AtMs).Min();

    /// <summary>Of bots with one family whose infection begins in the run and of whom it can be said.</summary>
    private static double ShareOfBots(
        LabJobs jobs, Func<IReadOnlyList<(EndpointRole Role, long AtMs)>, bool?> judge)
    {
        var options = Small with { Jobs = jobs };
        var (_, met) = Run(options);
        var world = new Simulation(options).World;
        var fresh = world.Bots.GroupBy(bot => bot.Subscriber)
            .Where(line => line.Count() == 1 && line.Single().OnsetMs > options.StartMs).Select(line => line.Key);
        var judged = fresh.Select(line => judge([.. met.Where(one => one.Line == line).Select(one => (one.Role, one.AtMs))]))
            .OfType<bool>().ToList();
        Assert.True(judged.Count >= 10, $"{judged.Count} bots say something");
        return judged.Count(right => right) / (double)judged.Count;
    }

    private static (Truth Truth, IReadOnlyList<(int Line, EndpointRole Role, long AtMs)> Met) Run(LabOptions options)
    {
        var simulation = new Simulation(options);
        var met = new List<(int Line, EndpointRole Role, long AtMs)>();
        void Note(PendingRecord told)
        {
            if (told.Mark != 0)
            {
                var place = simulation.World.Place(told.Mark);
                var command = place.Kind is Weir.Lab.Population.SimulatedEndpointKind.KnownCnc
                    or Weir.Lab.Population.SimulatedEndpointKind.HiddenDedicated
                    or Weir.Lab.Population.SimulatedEndpointKind.HiddenShared;
                met.Add((told.Subscriber, command ? EndpointRole.Command : place.Role, told.Record.StartMs));
            }
        }

        return (simulation.Run(new DatagramBuffer(), Note), met);
    }
}
