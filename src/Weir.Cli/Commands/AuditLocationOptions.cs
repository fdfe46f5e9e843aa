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
                + "the desk, where the role may verify it.", HelpName = "FILE",
        };

    public Option<string?> Socket { get; } = new("--socket")
    {
        Description = "Socket of the desk, which gives the log to who may verify it; through `ssh -L`, from any machine.",
        HelpName = "PATH",
    };

    /// <summary>The log, to be disposed of.</summary>
    public Task<AuditCopy> OpenAsync(ParseResult parsed, CancellationToken cancel) =>
        (parsed.GetValue(Directory), parsed.GetValue(Config), parsed.GetValue(Socket)) switch
    {
        ({ } directory, null, null) => Task.FromResult(new AuditCopy(directory)),
        (null, { } file, null) => AuditCopy.OpenAsync(ConfigurationOf(file), cancel),
        (null, null, { } socket) => AuditCopy.FetchAsync(socket, cancel),
        _ => throw new OperatorException("name the audit with one of --dir DIR, --config FILE and --socket PATH"),
    };

    /// <summary>Where the desk is that gave it; null where a folder was named.</summary>
    public string? SocketOf(ParseResult parsed) => parsed.GetValue(Socket)
        ?? (parsed.GetValue(Config) is { } file ? ConfigurationOf(file).Control.Socket : null);

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
