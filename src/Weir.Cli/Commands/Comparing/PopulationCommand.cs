// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Desk.Api.Population;
using Weir.Store.Population;

namespace Weir.Cli.Commands.Comparing;

/// <summary><c>weir report population</c>: the fixed reports about everybody, from the running Weir
/// (rules.md R11).</summary>
internal static class PopulationCommand
{
    public static Command Create()
    {
        var name =
            new Argument<string>("name") { Description = string.Join(", ", PopulationReport.All.Select(r => r.Name)) };
        var endpoint = new Argument<string?>("endpoint")
        {
            Description = "For endpoint-contacts: a listed or found one, 192.0.2.7:443/tcp",
            Arity = ArgumentArity.ZeroOrOne
        };
        var group = new Option<string?>("--group")
        {
            Description = "One network group (attributing.networks, group)",
            HelpName = "GROUP"
        };
        var window = new Option<string?>("--window")
        {
            Description = "A closed UTC day, 2026-11-22 (default the latest)",
            HelpName = "TIME"
        };
        var output = OutputOption.Create();
        var command = new Command(
            "population",
            """
            How many subscribers did something in a closed day, with noise; counts below k are withheld.

            Example: weir report population top-remote-ports --window 2026-11-22
            """) { name, endpoint, group, window, output };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var format = OutputOption.Read(parsed, output);
            using var client = api.Open(parsed);
            (string Name, string? Value)[] asked =
            [
                ("group", parsed.GetValue(group)), ("window", parsed.GetValue(window)),
                ("endpoint", parsed.GetValue(endpoint)),
            ];
            var query = string.Join('&', asked.Where(pair => pair.Value is not null)
                .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
            var view = await client.GetAsync(
                $"population/{ApiClient.Part(parsed.GetValue(name)!)}?{query}",
                PopulationJson.Default.PopulationResponse,
                cancel);
            PopulationListing.Write(view.ToView(), format, parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
