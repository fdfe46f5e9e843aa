// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Weir.Cli.Commands;

/// <summary><c>weir notify</c>: what goes out to others: notices to customers, alerts to the provider's own people, what is shared.</summary>
internal static class NotifyCommand
{
    public static Command Create() => new("notify", "Notices to customers, alerts to the provider's own people, and what is shared. Example: weir notify list")
    {
        NotifyNoticeCommand.List(), NotifyNoticeCommand.Show(), NotifyNoticeCommand.Send(), NotifyNoticeCommand.Preview(), NotifyExportCommand.Create(),
    };
}
