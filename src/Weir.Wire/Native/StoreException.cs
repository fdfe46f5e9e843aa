// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Native;

/// <summary>The flow store refused or could not be reached.</summary>
/// <param name="code">ClickHouse's exception code (ErrorCodes.cpp); 0 where the store was not reached.</param>
/// <param name="message">The store's own text, or what kept us from it.</param>
/// <param name="retryable">The same request may succeed later: the store is down, restarting, or out of room.</param>
/// <param name="inner">What was beneath, if anything.</param>
public sealed class StoreException(int code, string message, bool retryable, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>A query with the same id is still running (QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING).</summary>
    public const int SameIdRunning = 216;

    public int Code { get; } = code;

    public bool Retryable { get; } = retryable;

    /// <summary>An error the store answered: what is out of room or out of time passes, the rest stays.</summary>
    public static StoreException Answered(int code, string text) => new(code, text, code is 159 or 160 or 164
        or 201 or 202 or 203 or 209 or 210 or SameIdRunning or 236 or 241 or 242 or 243 or 252 or 279 or 394 or 425);
}
