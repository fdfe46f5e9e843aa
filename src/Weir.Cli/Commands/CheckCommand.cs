// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands;

/// <summary><c>weir check</c>: validates a configuration without starting anything. Exit 0 sound, 2 not.</summary>
public static class CheckCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var process = new Option<string?>("--process")
        {
            Description = "Check it for one process: faults of what it does not read are warnings.", HelpName = "NAME",
        };
        process.AcceptOnlyFromAmong([.. ProcessSections.Processes]);
        var command = new Command(
            "check",
            "Validate a configuration: every fault with its line. Example: weir check --config /etc/weir/weir.yaml")
        {
            config, process,
        };
        command.SetAction(arguments => Check(
            arguments.GetRequiredValue(config), arguments.GetValue(process), arguments.InvocationConfiguration.Output,
            arguments.InvocationConfiguration.Error));
        return command;
    }

    private static int Check(string file, string? process, TextWriter output, TextWriter error)
    {
        var reading = ConfigurationReader.ReadFile<WeirConfiguration>(file);
        if (!ConfigOption.IsSound(reading, file, process, error))
        {
            return ConfigOption.BadConfiguration;
        }

        string[] warnings = reading.IsSound ? [.. ConfigurationRules.Warnings(reading.Value)] : [];
        foreach (var warning in warnings)
        {
            error.WriteLine($"{file}: warning: {warning}");
        }

        var others = process is null ? [] : reading.Sections.Where(key => !ProcessSections.Reads(process, key)).ToList();
        var found = warnings.Length == 0 ? "sound" : $"no fault, warnings: {warnings.Length}";
        output.WriteLine($"{file}: {found}{(process is null ? "" : $" for weir {process}")}, profile "
            + Schema.Kebab(reading.Value.Profile.ToString())
            + (others.Count == 0 ? "" : $"; weir {process} does not read {string.Join(", ", others)}"));
        return ExitCode.Done;
    }
}

/// <summary>The <c>--config</c> option, the same for every command.</summary>
internal static class ConfigOption
{
    /// <summary>Exit code for bad arguments or configuration (contract.md).</summary>
    public const int BadConfiguration = 2;

    public static Option<string> Create() =>
        new("--config", "-c") { Description = "The configuration file.", Required = true, HelpName = "FILE" };

    /// <summary>Reads the configuration, and writes its faults; null where there are any.</summary>
    public static WeirConfiguration? Read(ParseResult parsed, Option<string> config)
    {
        var file = parsed.GetRequiredValue(config);
        var reading = ConfigurationReader.ReadFile<WeirConfiguration>(file);
        WriteFaults(reading, file, parsed.InvocationConfiguration.Error);
        return reading.IsSound ? reading.Value : null;
    }

    /// <summary>Writes every fault as <c>file:line:column: sentence</c>.</summary>
    public static void WriteFaults(ConfigurationReading<WeirConfiguration> reading, string file, TextWriter error)
    {
        foreach (var fault in reading.Faults)
        {
            error.WriteLine(fault.At(file));
        }
    }

    /// <summary>Whether a process can start by it. Faults of what it reads are written as faults, others as warnings
    /// with whose they are not.</summary>
    /// <param name="reading">The file.</param>
    /// <param name="file">Its name.</param>
    /// <param name="process">Who starts; null for all.</param>
    /// <param name="error">Where it is written.</param>
    public static bool IsSound(
        ConfigurationReading<WeirConfiguration> reading, string file, string? process, TextWriter error)
    {
        var isSound = true;
        foreach (var fault in reading.Faults)
        {
            var isOwn = process is null || ProcessSections.Concerns(process, fault);
            isSound &= !isOwn;
            error.WriteLine(isOwn
                ? fault.At(file)
                : (fault with { Sentence = $"warning: {fault.Sentence}; weir {process} does not read it" }).At(file));
        }

        return isSound;
    }
}
