// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Weir.Cli.Commands;
using Weir.Cli.Commands.Backups;
using Weir.Cli.Commands.Cases;
using Weir.Cli.Commands.Certificates;
using Weir.Cli.Commands.Comparing;
using Weir.Cli.Commands.Flows;
using Weir.Cli.Commands.Governing;
using Weir.Cli.Commands.Lab;
using Weir.Cli.Commands.Notices;
using Weir.Cli.Commands.Processes;
using Weir.Cli.Commands.Vault;
using Weir.Cli.Commands.Watchlists;
using Weir.Cli.Processes;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Entry;

/// <summary>All commands of <c>weir</c>.</summary>
internal static class CommandTree
{
    private const int HelpWidth = 100;

    /// <summary>After Ctrl-C, for a folder with an engine in it to go.</summary>
    private static readonly TimeSpan TimeToCleanUp = TimeSpan.FromSeconds(15);

    public static RootCommand Create()
    {
        var root = new RootCommand("Weir finds infected subscribers and unknown C&Cs in flow exports, looking only "
            + "where an event allows. Example: weir analyze --help")
        {
            AnalyzeCommand.Create(),
            ApproveCommand.Create(),
            AuditCommand.Create(AuditCountersignCommand.Create()),
            BackupCommand.Create(),
            BlockCommand.Create(),
            CaseCommand.Create(),
            CertsCommand.Create(),
            CheckCommand.Create(),
            CompareCommand.Create(),
            ConsoleCommand.Create(),
            TokenCommand.Create(),
            DiscloseCommand.Create(),
            DumpCommand.Create(),
            EndpointCommand.Create(),
            ExportersCommand.Create(),
            FlowsCommand.Create(),
            GovernanceCommand.Create(),
            HelpCommand.Create(Create),
            KeysCommand.Create(),
            LabCommand.Create(),
            NotifyCommand.Create(),
            PolicyCommand.Create(),
            ReloadCommand.Create(),
            ReplayCommand.Create(),
            ReportCommand.Create(),
            RestoreCommand.Create(),
            SelftestCommand.Create(),
            ServeCommand.Create(),
            StatusCommand.Create(),
            TemplatesCommand.Create(),
            VaultCommand.Create(),
            WatchlistCommand.Create(),
        };
        foreach (var process in ProcessCommands.Create())
        {
            root.Add(process);
        }

        foreach (var completion in CompletionCommand.Create(Create))
        {
            root.Add(completion);
        }

        OutputOption.AddWide(root);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        var help = root.Options.OfType<HelpOption>().Single();
        var action = (HelpAction)help.Action!;
        action.MaxWidth = Math.Min(action.MaxWidth, HelpWidth);
        help.Action = new RenamedHelpAction(action);
        return root;
    }

    /// <summary>A message without its full stop; a list of words that it has below it stands behind it.</summary>
    internal static string OnOneLine(string message) =>
        message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is [var head, .. var words] ? $"{head} {string.Join(", ", words)}".TrimEnd(' ', '.')
            : message;

    /// <summary>The words that lead to a command.</summary>
    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult above ? $"{PathOf(above)} {command.Command.Name}" : RenamedHelpAction.Name;

    /// <summary>What a word that is none may have meant; empty where nothing is near.</summary>
    private static string Meant(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var near = parsed.UnmatchedTokens.Select(word => NearestName.Find(word, word.StartsWith('-')
            ? command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name)))
            .FirstOrDefault(word => word is not null);
        return near is null ? "" : $"; did you mean '{near}'?";
    }

    /// <summary>What does its work at once is ended by a signal as any program is.</summary>
    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        if (parsed.Action is not AsynchronousCommandLineAction)
        {
            return await parsed.InvokeAsync(configuration);
        }

        using var interruption = new Interruption(
            parsed.CommandResult.Command.Name is ServeCommand.Name or ProcessNames.Collector or ProcessNames.Store
                or ProcessNames.Desk ? ProcessCommands.TimeToStop : TimeToCleanUp);
        return await interruption.RunAsync(cancel => parsed.InvokeAsync(configuration, cancel), Console.Error);
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        // "@FILE" is a value of ours (--networks @FILE), never a file of further arguments.
        var parsed = Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            var meant = Meant(parsed);
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(
                    $"weir: {OnOneLine(error.Message)}{meant}; see {PathOf(parsed.CommandResult)} --help");
            }

            return ExitCode.BadArguments;
        }

        try
        {
            return await InvokeAsync(parsed);
        }
        catch (OperatorException fault)
        {
            await Console.Error.WriteLineAsync($"weir: {fault.Message}");
            return fault.ExitCode;
        }
        catch (ConfigurationException fault)
        {
            await Console.Error.WriteLineAsync($"weir: {OperatorException.Sentence(fault.Message)}");
            return fault.IsUnreadable ? ExitCode.Unreadable : ExitCode.BadArguments;
        }
    }
}
