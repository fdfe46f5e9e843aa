// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands;

/// <summary><c>weir check</c>: validates a configuration without starting anything. Exit 0 sound, 2 not.</summary>
public static class CheckCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command(
            "check",
            "Validate a configuration: every fault with its line. Example: weir check --config /etc/weir/weir.yaml")
        {
            config
        };
        command.SetAction(arguments =>
        {
            var file = arguments.GetRequiredValue(config);
            var reading = ConfigurationReader.ReadFile<WeirConfiguration>(file);
            ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
            if (reading.IsSound)
            {
                string[] warnings = [.. ConfigurationRules.Warnings(reading.Value)];
                foreach (var warning in warnings)
                {
                    arguments.InvocationConfiguration.Error.WriteLine($"{file}: warning: {warning}");
                }

                var found = warnings.Length == 0 ? "sound" : $"no fault, warnings: {warnings.Length}";
                arguments.InvocationConfiguration.Output.WriteLine(
                    $"{file}: {found}, profile {Schema.Kebab(reading.Value.Profile.ToString())}");
            }

            return reading.IsSound ? 0 : ConfigOption.BadConfiguration;
        });
        return command;
    }
}

/// <summary>The <c>--config</c> option, the same for every command.</summary>
internal static class ConfigOption
{
    /// <summary>Exit code for bad arguments or configuration (contract.md).</summary>
    public const int BadConfiguration = 2;

    public static Option<string> Create() =>
        new("--config", "-c") { Description = "The configuration file.", Required = true, HelpName = "FILE" };

    /// <summary>Writes every fault as <c>file:line:column: sentence</c>.</summary>
    public static void WriteFaults(ConfigurationReading<WeirConfiguration> reading, string file, TextWriter error)
    {
        foreach (var fault in reading.Faults)
        {
            error.WriteLine(fault.At(file));
        }
    }
}
