// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Weir.Cli.Commands;

/// <summary><c>weir notify</c>: what goes out to others.</summary>
internal static class NotifyCommand
{
    public static Command Create() => new("notify", "What goes out to others. Example: weir notify export stix --org \"Example Net\" --domain example.net --contact abuse@example.net")
    {
        NotifyExportCommand.Create(),
    };
}
