// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Channels;

namespace Weir.Cli.Commands.Notices;

/// <summary><c>weir notify</c>: who is told of what, and how that goes.</summary>
internal static class NotifyCommand
{
    private static readonly ListingColumn<ChannelSummary>[] Channel =
    [
        new("channel", c => c.Name), new("taken", c => c.Taken), new("sent", c => c.Sent),
        new("waiting", c => c.Waiting), new("held", c => c.Held), new("digested", c => c.Digested),
        new("givenUp", c => c.GivenUp), new("failures", c => c.Failures), new("lastSent", c => c.LastSent),
        new("fault", c => c.Fault),
    ];

    public static Command Create() => new(
        "notify",
        "Notices to customers, alerts to the provider's own people, and what is shared. Example: weir notify list")
    {
        Channels(), Test(), NotifyNoticeCommand.List(), NotifyNoticeCommand.CreateShow(), NotifyNoticeCommand.Send(),
        NotifyNoticeCommand.Preview(), NotifyExportCommand.Create(),
    };

    private static Command Channels()
    {
        var command = new Command("channels", "List the channels of alerts and how each stands; exit 1 where one does "
            + "not take what it is given. Example: weir notify channels -o json");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var channels = (await client.GetAsync("channels", ChannelJson.Default.ChannelsResponse, cancel)).Channels;
            Listing.Write(
                channels, Channel, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return channels.All(c => c.Fault.Length == 0) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command Test()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the channel in notifying.channels." };
        var command = new Command("test", "Send one alert of kind test by a channel, at once; exit 1 where it is not "
            + "taken. Example: weir notify test soc") { name };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            await parsed.InvocationConfiguration.Output.WriteLineAsync((await client.PostAsync(
                $"channels/{ApiClient.Part(parsed.GetValue(name)!)}/tests", ChannelJson.Default.ChannelTested,
                cancel)).Text);
            return ExitCode.Done;
        });
        return command;
    }
}
