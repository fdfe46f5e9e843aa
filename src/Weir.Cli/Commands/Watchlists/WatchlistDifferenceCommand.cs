// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Desk.Api.Lists;
using Weir.Desk.Lists;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist difference</c>: what a load of a list changed, as its digest on the chain holds it.
/// </summary>
internal static class WatchlistDifferenceCommand
{
    public static Command Create()
    {
        var digest = new Argument<string>("DIGEST") { Description = "`difference` of an entry list-in-force." };
        var command = new Command(
            "difference",
            """
            Show what a load of a list added and removed, and hold it against the digest by which the desk's chain names it. Kept 400 days. For operators, privacy officers and auditors.

            Example: weir watchlist difference 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            """) { digest };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var named = parsed.GetValue(digest)!;
            var kept = await client.GetAsync(
                $"lists/differences/{Uri.EscapeDataString(named)}", ListsJson.Default.ListDifferenceResponse, cancel);
            if (ListDifferences.DigestOf(kept.Text) != named)
            {
                throw new OperatorException(
                    $"the desk gave something else than {named}: what it keeps was altered", ExitCode.Failed);
            }

            await parsed.InvocationConfiguration.Output.WriteAsync(kept.Text);
            return ExitCode.Done;
        });
        return command;
    }
}
