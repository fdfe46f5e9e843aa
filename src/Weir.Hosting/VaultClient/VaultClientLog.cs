// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.VaultClient;

/// <summary>What callers of the vault tell the operator; event ids 11010 to 11019.</summary>
internal static partial class VaultClientLog
{
    [LoggerMessage(EventId = 11010, Level = LogLevel.Warning,
        Message = "the vault does not answer, flows of epochs whose key is not in memory "
            + "count as unattributed: {Reason}")]
    public static partial void Down(this ILogger log, string reason);

    [LoggerMessage(EventId = 11011, Level = LogLevel.Information,
        Message = "the vault answers: keys of {Epochs} epochs in memory")]
    public static partial void Answers(this ILogger log, int epochs);
}
