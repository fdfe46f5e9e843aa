// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Vault;

/// <summary>What the vault and its client tell the operator; event ids 11xxx.</summary>
internal static partial class VaultLog
{
    [LoggerMessage(EventId = 11001, Level = LogLevel.Information, Message = "weir vault is ready: {Socket}, as user {User}; others it answers: {Users}")]
    public static partial void Ready(this ILogger log, string socket, string user, string users);

    [LoggerMessage(EventId = 11002, Level = LogLevel.Information, Message = "the key of epoch {Epoch} is erased: what was written under it resolves no more")]
    public static partial void KeyErased(this ILogger log, uint epoch);

    [LoggerMessage(EventId = 11003, Level = LogLevel.Error, Message = "a key that is due could not be erased, it is tried again in a minute: {Reason}")]
    public static partial void NotErased(this ILogger log, string reason);

    [LoggerMessage(EventId = 11004, Level = LogLevel.Warning, Message = "user {User} asked for {Path} and may not")]
    public static partial void PeerRefused(this ILogger log, string user, string path);

    [LoggerMessage(EventId = 11005, Level = LogLevel.Error, Message = "{Path} failed: {Reason}")]
    public static partial void RequestFailed(this ILogger log, string path, string reason);

    [LoggerMessage(EventId = 11010, Level = LogLevel.Warning, Message = "the vault does not answer, flows of epochs whose key is not in memory count as unattributed: {Reason}")]
    public static partial void Down(this ILogger log, string reason);

    [LoggerMessage(EventId = 11011, Level = LogLevel.Information, Message = "the vault answers: keys of {Epochs} epochs in memory")]
    public static partial void Answers(this ILogger log, int epochs);
}
