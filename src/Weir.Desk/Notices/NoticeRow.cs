// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Notices;

/// <summary>One step of one case: what is to be told, and what became of it. Nothing here says who
/// the customer is.</summary>
public sealed record NoticeRow
{
    public required CaseId Case { get; init; }

    public required ScopeId Scope { get; init; }

    public required NoticeStep Step { get; init; }

    public required NoticeState State { get; init; }

    /// <summary>Who had it told: a user, or <c>weir</c>.</summary>
    public required string By { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>Not tried before.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>What was done, as the customer is told.</summary>
    public IReadOnlyList<ActionTaken> Done { get; init; } = [];

    /// <summary>Deliveries that were tried and have to be tried again.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it waits, or why it ended untold; empty otherwise.</summary>
    public string Fault { get; init; } = "";

    /// <summary>The later step whose notice told this one too; null where it was told alone, or not.</summary>
    public NoticeStep? ToldWith { get; init; }

    /// <summary>What became of the delivery; null while it waits.</summary>
    public NoticeReceipt? Proof { get; init; }
}

/// <summary>Keeps rows over a restart. Every call is durable when it returns.</summary>
public interface INoticeJournal
{
    /// <exception cref="NoticeJournalException">It cannot be read.</exception>
    Task<IReadOnlyList<NoticeRow>> LoadAsync(CancellationToken cancel);

    /// <summary>Writes all or none; a row takes the place of the one with its case and step.</summary>
    /// <exception cref="NoticeJournalException">It cannot be written.</exception>
    Task WriteAsync(IReadOnlyCollection<NoticeRow> rows, CancellationToken cancel);
}

/// <summary>The journal of notices cannot be had; the message names it and the mend.</summary>
public sealed class NoticeJournalException(string message, Exception inner) : Exception(message, inner);
