// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Collector.Corroborating;
using Weir.Collector.Status;
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
        command.SetAction(async (arguments, cancel) =>
        {
            var (file, error) = (ConfigOption.FileOf(arguments, config), arguments.InvocationConfiguration.Error);
            var code = Check(file, arguments.GetValue(process), arguments.InvocationConfiguration.Output, error);
            if (code == ExitCode.Done)
            {
                await error.WriteAsync(await DoubtsAsync(file, cancel));
            }

            return code;
        });
        return command;
    }

    /// <summary>What a collector that runs by this configuration says of exporters whose word cannot be corroborated;
    /// empty where none runs, or all is well.</summary>
    private static async Task<string> DoubtsAsync(string file, CancellationToken cancel)
    {
        var reading = GovernedConfiguration.ReadFile(file);
        if (!reading.IsSound || reading.Value.Profile == Weir.Hosting.Sections.Profile.Lab)
        {
            return "";
        }

        var answer = await ProcessStatus.ExportersAsync(new ProcessPlaces(reading.Value, isSupervised: false), cancel);
        return answer.Page is { } page && ExporterReport.Parse(page) is { } heard
            ? string.Concat(heard.Heard.Where(one => one.Standing is "never" or "contested" or "further").Select(one =>
                $"{file}: warning: exporter {one.Exporter}: {StreamFigures.Explain(one.Standing, one.Strays)}\n"))
            : "";
    }

    /// <summary>What is wrong with the key of a process that signs, as far as this user may see it.</summary>
    private static IEnumerable<ConfigurationFault> KeyFaults(string? process, WeirConfiguration settings)
    {
        if (process is not (ProcessNames.Collector or ProcessNames.Store))
        {
            return [];
        }

        var places = new ProcessPlaces(settings, isSupervised: false);
        var name = process == ProcessNames.Collector ? settings.Processes.Collector.Name : process;
        var fault = ProcessKeys.FaultOf(places.KeyOf(process), process, name, places.PublicKeys);
        return fault.Length == 0 ? [] : [new(0, 0, fault) { Path = $"processes.{process}" }];
    }

    /// <summary>The file, with what the start of a process would find wrong on a machine. Without a process it may be
    /// another machine's file, whose users this one need not have.</summary>
    private static (ConfigurationReading<WeirConfiguration> Reading, IEnumerable<ConfigurationFault> Absent) ReadHere(
        string file, string? process)
    {
        var reading = GovernedConfiguration.ReadFile(file);
        if (reading.Faults.Any(fault => process is null || ProcessSections.Concerns(process, fault)))
        {
            return (reading, []);
        }

        var (settings, isHere) = (reading.Value, process is not null);
        var absent = ProcessUsers.Unknown(settings).ToList();
        return (reading with
        {
            Faults =
            [
                .. reading.Faults,
                .. new ProcessPlaces(settings, isSupervised: false).SocketFaults().Select(reading.Place),
                .. ProcessUsers.Shared(settings, GovernedConfiguration.Lies(settings)).Select(reading.Place),
                .. isHere ? absent.Select(reading.Place) : [],
            ],
        }, isHere ? [] : absent);
    }

    private static int Check(string file, string? process, TextWriter output, TextWriter error)
    {
        var (reading, absent) = ReadHere(file, process);
        if (!ConfigOption.IsSound(reading, file, process, error))
        {
            return ConfigOption.BadConfiguration;
        }

        ConfigurationFault[] warnings = reading.IsSound
            ? [.. ConfigurationRules.Warnings(reading.Value), .. absent, .. KeyFaults(process, reading.Value)] : [];
        foreach (var warning in warnings)
        {
            error.WriteLine(reading.Place(warning with { Sentence = $"warning: {warning.Sentence}" }).At(file));
        }

        var others = process is null ? []
            : reading.Sections.Where(key => !ProcessSections.Reads(process, key)).ToList();
        var found = warnings.Length == 0 ? "sound" : $"no fault, warnings: {warnings.Length}";
        output.WriteLine($"{file}: {found}{(process is null ? "" : $" for weir {process}")}, profile "
            + Schema.Kebab(reading.Value.Profile.ToString())
            + (others.Count == 0 ? "" : $"; weir {process} does not read {string.Join(", ", others)}"));
        if (GovernedConfiguration.NotGoverned(reading.Value) is { Count: > 0 } open)
        {
            Screen.WriteLine($"not governed, so that one person who may write the file changes it alone: "
                + $"{string.Join(", ", open)}; docs/32-people-and-keys.md", output, indent: 2);
        }

        if (GovernedConfiguration.UnsignedLists(reading.Value) is { Count: > 0 } unsigned)
        {
            Screen.WriteLine($"signed by no owner, so that one person who may write the file changes the list alone: "
                + $"{string.Join(", ", unsigned)}; owner of matching.lists, docs/32-people-and-keys.md", output,
                indent: 2);
        }

        return ExitCode.Done;
    }
}

/// <summary>The <c>--config</c> option, the same for every command.</summary>
internal static class ConfigOption
{
    /// <summary>Exit code for bad arguments or configuration.</summary>
    public const int BadConfiguration = 2;

    /// <summary>Where packages put the configuration.</summary>
    public const string UsualFile = "/etc/weir/weir.yaml";

    public static Option<string> Create() => new("--config", "-c")
    {
        Description = $"The configuration file; {UsualFile} where it is there and no other is named.",
        HelpName = "FILE",
    };

    /// <summary>The usual file where it is there; null where it is not.</summary>
    public static string? Usual(string file = UsualFile) => File.Exists(file) ? file : null;

    /// <summary>The file that is named, or the usual one.</summary>
    /// <exception cref="OperatorException">There is neither.</exception>
    public static string FileOf(ParseResult parsed, Option<string> config) => parsed.GetValue(config) ?? Usual()
        ?? throw new OperatorException(
            $"--config is missing, and there is no {UsualFile}; name the configuration file");

    /// <summary>Reads the configuration, and writes its faults; null where there are any.</summary>
    public static WeirConfiguration? Read(ParseResult parsed, Option<string> config)
    {
        var file = FileOf(parsed, config);
        var reading = GovernedConfiguration.ReadFile(file);
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
