// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Weir.Cli.Scoring;
using Weir.Desk.Reporting;
using Weir.Hosting.Files;
using Weir.Lab;
using Weir.Lab.Telling;

namespace Weir.Cli.Commands.Lab;

/// <summary><c>weir lab score</c>: a report held against the truth beside the simulated traffic.</summary>
internal static class LabScoreCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var truth = new Option<string>("--truth") { Description = "truth.json that weir lab wrote", Required = true };
        var report = new Option<string>("--report")
        {
            Description = "report.json of weir analyze --profile lab on the same traffic",
            Required = true
        };
        var format =
            new Option<string>("--output", "-o") { Description = "text or json", DefaultValueFactory = _ => "text" };
        var command = new Command(
            "score",
            """
            Hold a report against the truth of the simulated traffic: recall, precision, hidden C&Cs found. Exit 1 where an aim is missed.

            Example: weir lab score --truth lab/truth.json --report report/report.json
            """) { truth, report, format };
        command.SetAction(result => Run(
            result.GetValue(truth)!, result.GetValue(report)!, result.GetValue(format)!,
            result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    internal static int Run(string truthPath, string reportPath, string format, TextWriter output, TextWriter error)
    {
        if (format is not ("text" or "json"))
        {
            error.WriteLine($"weir lab score: --output '{format}' is not known; it is text or json");
            return ExitCode.BadArguments;
        }

        try
        {
            var truth = Read(truthPath, LabFolder.ReadTruth, t => t.Schema, Truth.SchemaName);
            var report = Read(reportPath, ReportJson.Read, r => r.Schema, Report.SchemaName);
            if (report.Profile != ReportAnonymizer.LabProfile)
            {
                throw new OperatorException($"{reportPath} is of profile {report.Profile}, which names nobody; run "
                    + "weir analyze with --profile lab");
            }

            var score = LabScore.Compute(truth, report);
            Write(score, format, output);
            return score.Met ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperatorException fault)
        {
            error.WriteLine($"weir lab score: {fault.Message}");
            return fault.ExitCode;
        }
    }

    private static T Read<T>(string path, Func<string, T> parse, Func<T, string> schemaOf, string wanted)
    {
        try
        {
            var value = parse(File.ReadAllText(path));
            return schemaOf(value) == wanted
                ? value
                : throw new OperatorException(
                    $"{path} has schema '{schemaOf(value)}'; this program reads {wanted}", ExitCode.Unreadable);
        }
        catch (JsonException fault)
        {
            throw new OperatorException(
                $"{path}:{JsonFault.LineOf(fault)}: not of schema {wanted}: {JsonFault.Describe(fault)}",
                ExitCode.Unreadable);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }

    private static void Write(LabScore score, string format, TextWriter output)
    {
        if (format == "json")
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                schema = "weir.lab-score/1",
                met = score.Met,
                score.Run,
                figures = score.Lines,
                score.MissedCncs,
                score.FalseCandidates
            }, Json));
            return;
        }

        var run = score.Run;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Subscribers} subscribers, {run.Bots} bots "
            + $"in {run.Nets} nets, {run.Protocol}, 1 packet in {run.SamplingInterval}, seed {run.Seed}"));
        var width = score.Lines.Max(line => line.What.Length);
        foreach (var line in score.Lines)
        {
            var verdict = line.Aim is null ? "" : $"  aim {line.Aim}: {(line.Met ? "met" : "MISSED")}";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{line.What.PadRight(width)} {line.Value,8:0.####}{verdict}"));
        }

        foreach (var missed in score.MissedCncs)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"not found: {missed.Endpoint} "
                + $"({missed.Kind}): {missed.Bots} bots, {missed.KnownBots} of them known, {missed.Others} others"));
        }

        foreach (var wrong in score.FalseCandidates)
        {
            output.WriteLine($"of no botnet: {wrong}");
        }

        output.WriteLine(score.Met ? "every aim is met" : "AN AIM IS MISSED");
    }
}
