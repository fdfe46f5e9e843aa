// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Desk.Api;

namespace Weir.Cli.Commands;

/// <summary>Where the running Weir is: <c>--socket</c>, or the <c>control.socket</c> of <c>--config</c>, or
/// the usual place.</summary>
internal sealed class ApiOption
{
    private readonly Option<string?> _socket =
        new("--socket") { Description = "Socket of the running Weir's API.", HelpName = "PATH" };
    private readonly Option<string?> _config =
        new("--config") { Description = "Its configuration, which names the socket.", HelpName = "FILE" };

    /// <summary>Adds both to a command.</summary>
    public static ApiOption On(Command command)
    {
        var options = new ApiOption();
        command.Add(options._socket);
        command.Add(options._config);
        return options;
    }

    public ApiClient Open(ParseResult parsed) => new(PathOf(parsed.GetValue(_socket), parsed.GetValue(_config)));

    private static string PathOf(string? socket, string? config)
    {
        if (socket is not null)
        {
            return socket;
        }

        if (config is null)
        {
            return new ControlOptions().Socket;
        }

        var reading = GovernedConfiguration.ReadFile(config);
        return reading.IsSound
            ? reading.Value.Control.Socket
            : throw new OperatorException(reading.Faults[0].At(config));
    }
}
