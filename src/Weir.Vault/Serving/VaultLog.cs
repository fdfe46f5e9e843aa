// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Vault.Serving;

/// <summary>What the vault and its client tell the operator; event ids 11xxx.</summary>
internal static partial class VaultLog
{
    [LoggerMessage(EventId = 11001, Level = LogLevel.Information,
        Message = "weir vault is ready: {Socket}, as user {User}; others it answers: {Users}")]
    public static partial void Ready(this ILogger log, string socket, string user, string users);

    [LoggerMessage(EventId = 11002, Level = LogLevel.Information,
        Message = "the key of epoch {Epoch} is erased: what was written under it resolves no more")]
    public static partial void KeyErased(this ILogger log, uint epoch);

    [LoggerMessage(EventId = 11003, Level = LogLevel.Error,
        Message = "a key that is due could not be erased, it is tried again in a minute: {Reason}")]
    public static partial void NotErased(this ILogger log, string reason);

    [LoggerMessage(EventId = 11004, Level = LogLevel.Warning, Message = "user {User} asked for {Path} and may not")]
    public static partial void PeerRefused(this ILogger log, string user, string path);

    [LoggerMessage(EventId = 11005, Level = LogLevel.Error, Message = "{Path} failed: {Reason}")]
    public static partial void RequestFailed(this ILogger log, string path, string reason);

    [LoggerMessage(EventId = 11010, Level = LogLevel.Warning,
        Message = "the vault does not answer, flows of epochs whose key is not in memory "
            + "count as unattributed: {Reason}")]
    public static partial void Down(this ILogger log, string reason);

    [LoggerMessage(EventId = 11011, Level = LogLevel.Information,
        Message = "the vault answers: keys of {Epochs} epochs in memory")]
    public static partial void Answers(this ILogger log, int epochs);

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
