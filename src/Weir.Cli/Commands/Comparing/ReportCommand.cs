// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Weir.Cli.Reporting;
using Weir.Desk.Reporting;
using Weir.Hosting.Files;

namespace Weir.Cli.Commands.Comparing;

/// <summary><c>weir report show</c>: a report that was written before, on the screen.</summary>
internal static class ReportCommand
{
    private const int Unreadable = 3;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "report.json of an earlier run" };
        var show = new Command(
            "show",
            """
            Show a report on the screen.

            Example: weir report show report/report.json
            """) { file };
        show.SetAction(result =>
            Print(result.GetValue(file)!, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return new Command(
            "report", "Reports: written before, or about what Weir holds. Example: weir report show report/report.json")
        {
            show, PopulationCommand.Create(), RetentionCommand.Create(), TransparencyCommand.Create()
        };
    }

    internal static int Print(string path, TextWriter output, TextWriter error)
    {
        try
        {
            var report = ReportJson.Read(File.ReadAllText(path));
            if (report.Schema != Report.SchemaName)
            {
                error.WriteLine(
                    $"weir report show: {path} has schema '{report.Schema}'; this program reads {Report.SchemaName}");
                return Unreadable;
            }

            var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
            ReportScreen.Write(report, ReportScreen.ConsoleFor(output, isTerminal));
            return 0;
        }
        catch (JsonException fault)
        {
            error.WriteLine($"weir report show: {path}:{JsonFault.LineOf(fault)}: not a report: "
                + $"{JsonFault.Describe(fault)}");
            return Unreadable;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"weir report show: {path} cannot be read: {fault.Message}");
            return Unreadable;
        }
    }
}
