// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Vault.Chain;

/// <summary>What the vault tells the operator; event ids 11001 to 11009, and 11020 to 11029.</summary>
internal static partial class VaultLog
{
    [LoggerMessage(EventId = 11001, Level = LogLevel.Information,
        Message = "weir vault is ready: {Socket}, as user {User}; others it answers: {Users}; its key of grants is "
            + "{Key}")]
    public static partial void Ready(this ILogger log, string socket, string user, string users, string key);

    [LoggerMessage(EventId = 11002, Level = LogLevel.Information,
        Message = "the key of epoch {Epoch} is erased: what was written under it resolves no more")]
    public static partial void KeyErased(this ILogger log, uint epoch);

    [LoggerMessage(EventId = 11003, Level = LogLevel.Error,
        Message = "a key that is due could not be erased, it is tried again in a minute: {Reason}")]
    public static partial void NotErased(this ILogger log, string reason);

    [LoggerMessage(EventId = 11004, Level = LogLevel.Warning,
        Message = "keys of events are not all there, so their holders are not believed: {Reason}")]
    public static partial void KeysMissing(this ILogger log, string reason);

    [LoggerMessage(EventId = 11005, Level = LogLevel.Error, Message = "{Path} failed: {Reason}")]
    public static partial void RequestFailed(this ILogger log, string path, string reason);

    [LoggerMessage(EventId = 11006, Level = LogLevel.Information,
        Message = "keys of {Keys} holders of events are known")]
    public static partial void KeysKnown(this ILogger log, int keys);

    [LoggerMessage(EventId = 11020, Level = LogLevel.Information,
        Message = "contacts of {Path}: {Rows} in force, {Refused} rows refused")]
    public static partial void ContactsRead(this ILogger log, string path, int rows, int refused);

    [LoggerMessage(EventId = 11021, Level = LogLevel.Warning, Message = "{Path}:{Line}: the row is left out: {Reason}")]
    public static partial void ContactRefused(this ILogger log, string path, int line, string reason);

    [LoggerMessage(EventId = 11022, Level = LogLevel.Error,
        Message = "contacts of {Path} cannot be read again, {Rows} of before stay in force: {Reason}")]
    public static partial void ContactsKept(this ILogger log, string path, int rows, string reason);

    [LoggerMessage(EventId = 11023, Level = LogLevel.Warning,
        Message = "{Case} {Step}: the notice was not taken by {Channel}: {Reason}")]
    public static partial void NoticeNotTaken(
        this ILogger log, string @case, string step, string channel, string reason);
}
