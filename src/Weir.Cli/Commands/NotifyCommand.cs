// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Weir.Cli.Commands;

/// <summary><c>weir notify</c>: notices to customers and alerts to the provider's own people.</summary>
internal static class NotifyCommand
{
    public static Command Create() => new("notify", "Notices to customers and alerts to the provider's own people. Example: weir notify list")
    {
        NotifyNoticeCommand.List(), NotifyNoticeCommand.Show(), NotifyNoticeCommand.Send(), NotifyNoticeCommand.Preview(),
    };
}
