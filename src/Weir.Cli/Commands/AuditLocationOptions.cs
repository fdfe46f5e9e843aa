// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;

namespace Weir.Cli.Commands;

/// <summary>Where a log is: its folder, the configuration that names it, or the desk that gives it.</summary>
internal sealed class AuditLocationOptions
{
    public Option<string?> Directory { get; } = new("--dir") { Description = "The log's folder.", HelpName = "DIR" };

    public Option<string?> Config { get; } =
        new("--config", "-c")
        {
            Description =
                "The configuration whose auditing.dir names it; who may not enter that folder is given the log by "
                + "the desk, where the role may verify it. "
                + $"{ConfigOption.UsualFile} where it is there and nothing else is named.", HelpName = "FILE",
        };

    public Option<string?> Socket { get; } = new("--socket")
    {
        Description = "Socket of the desk, which gives the log to who may verify it; through `ssh -L`, from any machine.",
        HelpName = "PATH",
    };

    public Option<string> Record { get; } = new("--record")
    {
        Description = "Whose log the desk gives, with --config or --socket: its own, or that of `store`, `vault` or a "
            + "collector by its name, for who may verify them and may not enter their folders.",
        HelpName = "PROCESS", DefaultValueFactory = _ => Desk,
    };

    private const string Desk = "desk";

    /// <summary>The log, to be disposed of.</summary>
    public Task<AuditCopy> OpenAsync(ParseResult parsed, CancellationToken cancel) =>
        (parsed.GetValue(Directory), FileOf(parsed), parsed.GetValue(Socket), RecordOf(parsed)) switch
    {
        ({ } directory, null, null, Desk) => Task.FromResult(AuditCopy.OfFolder(directory)),
        (null, { } file, null, Desk) => AuditCopy.OpenAsync(ConfigurationOf(file), cancel),
        (null, { } file, null, var record) =>
            AuditCopy.FetchAsync(ConfigurationOf(file).Control.Socket, record, cancel),
        (null, null, { } socket, var record) => AuditCopy.FetchAsync(socket, record, cancel),
        ({ }, null, null, _) => throw new OperatorException(
            "--record says whose log the desk gives; with --dir leave it out and name that log's folder"),
        _ => throw new OperatorException("name the audit with one of --dir DIR, --config FILE and --socket PATH"),
    };

    /// <summary>Whether it is the desk's own.</summary>
    public bool IsOfDesk(ParseResult parsed) => RecordOf(parsed) == Desk;

    private string RecordOf(ParseResult parsed) => parsed.GetValue(Record) ?? Desk;

    /// <summary>Where the desk is that gave it; null where a folder was named.</summary>
    public string? SocketOf(ParseResult parsed) => parsed.GetValue(Socket)
        ?? (FileOf(parsed) is { } file ? ConfigurationOf(file).Control.Socket : null);

    /// <summary>The configuration that is named; the usual one where nothing else is.</summary>
    private string? FileOf(ParseResult parsed) => parsed.GetValue(Config)
        ?? (parsed.GetValue(Directory) is null && parsed.GetValue(Socket) is null ? ConfigOption.Usual() : null);

    /// <summary>A sound configuration.</summary>
    /// <exception cref="OperatorException">It is not sound; every fault is listed.</exception>
    internal static WeirConfiguration ConfigurationOf(string file)
    {
        var reading = GovernedConfiguration.ReadFile(file);
        return reading.IsSound
            ? reading.Value
            : throw new OperatorException(string.Join("\nweir: ", reading.Faults.Select(f => f.At(file))));
    }
}
