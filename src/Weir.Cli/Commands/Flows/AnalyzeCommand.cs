// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Analysis;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir analyze</c>: the main job offline.</summary>
internal static class AnalyzeCommand
{
    public static Command Create()
    {
        var arguments = new AnalyzeArguments();
        var command = new Command("analyze", "Read captures or flow files; say who is infected and what else the "
            + "infected share.\nExample: weir analyze export.pcap --networks 192.0.2.0/24,2001:db8::/32 "
            + "--watchlist c2.txt --out report");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
            await new AnalysisRun(arguments.Read(parsed), TimeProvider.System).RunAsync(cancel));
        return command;
    }
}
