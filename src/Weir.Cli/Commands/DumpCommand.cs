// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands;

/// <summary><c>weir dump</c>: prints what is in force, defaults included, as YAML that is itself valid input beside the
/// same governance.</summary>
public static class DumpCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        config.Description = "The configuration file; without it the commented default is printed.";
        var command = new Command("dump", "Print the configuration in force, secrets masked; without --config the "
            + "commented default. Example: weir dump --config /etc/weir/weir.yaml") { config };
        command.SetAction(arguments =>
        {
            var output = arguments.InvocationConfiguration.Output;
            if (arguments.GetValue(config) is not { } file)
            {
                output.Write(ConfigurationDocs.CommentedDefault(WeirConfiguration.Shipped()));
                return 0;
            }

            var reading = GovernedConfiguration.ReadFile(file);
            if (!reading.IsSound)
            {
                ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
                return ConfigOption.BadConfiguration;
            }

            var governed = GovernedConfiguration.Governed(reading.Value);
            output.Write(governed.Count == 0 ? "" : "# In force too, out of the settings of the governance, and so "
                + $"comments here: {string.Join(", ", governed)}\n");
            output.Write(ConfigurationWriter.Dump(reading.Value, governed));
            return 0;
        });
        return command;
    }
}
