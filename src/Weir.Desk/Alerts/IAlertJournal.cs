// SPDX-License-Identifier: Apache-2.0

namespace Weir.Desk.Alerts;

/// <summary>How an alert stands at a channel.</summary>
public enum AlertState : byte
{
    /// <summary>To be sent.</summary>
    Waiting = 1,

    /// <summary>Kept back in a storm; goes into the next digest.</summary>
    Held,

    /// <summary>The channel took it.</summary>
    Sent,

    /// <summary>Refused for good, or too old.</summary>
    GivenUp,

    /// <summary>A digest told of it.</summary>
    Digested,
}

/// <summary>An alert that waits at a channel.</summary>
/// <param name="Sequence">Its place in the journal.</param>
/// <param name="Alert">Itself.</param>
/// <param name="Tries">How often it was tried.</param>
public sealed record WaitingAlert(long Sequence, Alert Alert, int Tries);

/// <summary>How many stand how at a channel.</summary>
public readonly record struct ChannelCount(string Channel, AlertState State, long Alerts);

/// <summary>Where alerts are kept until every channel has them. Durable when a call returns; many callers.</summary>
public interface IAlertJournal
{
    /// <summary>When the journal began: nothing that happened before is told of.</summary>
    DateTimeOffset BeganAt { get; }

    /// <summary>Keeps an alert for channels.</summary>
    /// <returns>False where one with this id was kept before; nothing is done then.</returns>
    /// <exception cref="AlertJournalException">It cannot be kept.</exception>
    Task<bool> PutAsync(Alert alert, AlertState state, IReadOnlyCollection<string> channels, CancellationToken cancel);

    /// <summary>What a channel is to try next: the one tried least, of those the oldest. Null
    /// where none waits.</summary>
    Task<WaitingAlert?> NextAsync(string channel, CancellationToken cancel);

    /// <summary>Keeps what became of a try.</summary>
    Task MarkAsync(
        long sequence, string channel, AlertState state, int tries, DateTimeOffset at, CancellationToken cancel);

    /// <summary>What is kept back, by kind, with the first and last time. Empty where nothing is.</summary>
    Task<IReadOnlyList<HeldBackAlerts>> HeldAsync(CancellationToken cancel);

    /// <summary>Keeps a digest for channels, and with it that all which were kept back are told
    /// of; in one step.</summary>
    Task DigestAsync(Alert digest, IReadOnlyCollection<string> channels, CancellationToken cancel);

    /// <summary>How many stand how.</summary>
    Task<IReadOnlyList<ChannelCount>> CountAsync(CancellationToken cancel);

    /// <summary>Forgets what came to its end before a time, and what waits for channels that are no more.</summary>
    /// <returns>How many waited for those.</returns>
    Task<long> ForgetAsync(DateTimeOffset before, IReadOnlyCollection<string> channels, CancellationToken cancel);
}

/// <summary>Alerts of one kind that are kept back.</summary>
public readonly record struct HeldBackAlerts(
    string Kind, long Alerts, DateTimeOffset First, DateTimeOffset Last, Severity Severity);

/// <summary>The journal of alerts cannot be had.</summary>
public sealed class AlertJournalException(string message, Exception? inner = null) : Exception(message, inner);
