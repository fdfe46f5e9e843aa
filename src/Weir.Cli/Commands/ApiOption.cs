// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Desk.Api;

namespace Weir.Cli.Commands;

/// <summary>Where the running Weir is: <c>--socket</c>, or the <c>control.socket</c> of <c>--config</c>, or of
/// the usual configuration where it is there, or the usual place.</summary>
internal sealed class ApiOption
{
    private readonly Option<string?> _socket =
        new("--socket") { Description = "Socket of the running Weir's API.", HelpName = "PATH" };
    private readonly Option<string?> _config =
        new("--config", "-c")
        {
            Description = $"Its configuration, which names the socket; {ConfigOption.UsualFile} where it is there.",
            HelpName = "FILE",
        };

    /// <summary>Adds both to a command.</summary>
    public static ApiOption On(Command command)
    {
        var options = new ApiOption();
        command.Add(options._socket);
        command.Add(options._config);
        return options;
    }

    public ApiClient Open(ParseResult parsed) =>
        new(PathOf(parsed.GetValue(_socket), parsed.GetValue(_config) ?? ConfigOption.Usual()));

    /// <summary>The configuration, where one is named or the usual one is there and it is sound.</summary>
    public WeirConfiguration? Configuration(ParseResult parsed) =>
        (parsed.GetValue(_config) ?? (parsed.GetValue(_socket) is null ? ConfigOption.Usual() : null)) is { } file
        && GovernedConfiguration.ReadFile(file) is { IsSound: true } reading ? reading.Value : null;

    /// <summary>The socket. What is wrong elsewhere in the configuration, such as in the midst of a change of the
    /// governance, is no matter of who asks.</summary>
    /// <exception cref="OperatorException">The configuration does not say where it is.</exception>
    internal static string PathOf(string? socket, string? config)
    {
        if (socket is not null)
        {
            return socket;
        }

        if (config is not { } file)
        {
            return new ControlOptions().Socket;
        }

        var reading = GovernedConfiguration.ReadFile(file);
        var fault = reading.Faults.FirstOrDefault(
            one => one.Path.Length == 0 || one.Path.StartsWith("control", StringComparison.Ordinal));
        return fault == default ? reading.Value.Control.Socket : throw new OperatorException(fault.At(file));
    }
}
