// SPDX-License-Identifier: Apache-2.0
//
// A lease as plain text and numbers, so that whoever keeps it can make none. Times are milliseconds since
// the UNIX epoch.
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation;

/// <summary>One row of the journal.</summary>
public sealed record LeaseRow
{
    public required ulong Id { get; init; }

    /// <summary>The canonical line of the target. Once the lease is over, without the subscriber's address.</summary>
    public required string Target { get; init; }

    public required LeaseState State { get; init; }

    public required string Threat { get; init; }

    public required string Necessity { get; init; }

    public required string Alternatives { get; init; }

    /// <summary>Empty where nothing was counted.</summary>
    public int? NonCaseSubjects { get; init; }

    public int? Subjects { get; init; }

    public long? CountedMs { get; init; }

    public ulong Case { get; init; }

    public required string PlannedBy { get; init; }

    public required long PlannedMs { get; init; }

    public string ApprovedBy { get; init; } = "";

    public long? ApprovedMs { get; init; }

    public required long EndsMs { get; init; }

    public required long StateMs { get; init; }

    public required long EvidenceMs { get; init; }

    /// <summary>Name of the reason's code; empty for none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What a person, a router or the vault said of it.</summary>
    public string ReasonDetail { get; init; } = "";

    /// <summary>When it was first confirmed; null where it never was.</summary>
    public long? ConfirmedMs { get; init; }

    /// <summary>Who holds it, of whom.</summary>
    public int Held { get; init; }

    public int Asked { get; init; }

    internal static LeaseRow From(Lease lease) => new()
    {
        Id = lease.Id.Number,
        Target = lease.Target.ToString(),
        State = lease.State,
        Threat = lease.Justification.Threat,
        Necessity = lease.Justification.Necessity,
        Alternatives = lease.Justification.Alternatives,
        NonCaseSubjects = lease.Justification.Collateral?.NonCaseSubjects,
        Subjects = lease.Justification.Collateral?.Subjects,
        CountedMs = lease.Justification.Collateral?.CountedAt.ToUnixTimeMilliseconds(),
        Case = lease.Case.Number,
        PlannedBy = lease.PlannedBy,
        PlannedMs = lease.PlannedAt.ToUnixTimeMilliseconds(),
        ApprovedBy = lease.ApprovedBy,
        ApprovedMs = lease.ApprovedAt?.ToUnixTimeMilliseconds(),
        EndsMs = lease.EndsAt.ToUnixTimeMilliseconds(),
        StateMs = lease.StateAt.ToUnixTimeMilliseconds(),
        EvidenceMs = lease.EvidenceAt.ToUnixTimeMilliseconds(),
        Reason = LeaseReason.ToName(lease.Reason.Code),
        ReasonDetail = lease.Reason.Detail,
        ConfirmedMs = lease.ConfirmedAt?.ToUnixTimeMilliseconds(),
        Held = lease.Confirmed.Held,
        Asked = lease.Confirmed.Asked,
    };

    internal Lease ToLease() => new()
    {
        Id = new(Id),
        Target = MitigationTarget.Parse(Target),
        State = State,
        Justification = new(Threat, Necessity, Alternatives, NonCaseSubjects is { } others
            ? new Collateral(others, Subjects ?? 0, At(CountedMs ?? 0))
            : null),
        Case = new CaseId(Case),
        PlannedBy = PlannedBy,
        PlannedAt = At(PlannedMs),
        ApprovedBy = ApprovedBy,
        ApprovedAt = ApprovedMs is { } approved ? At(approved) : null,
        EndsAt = At(EndsMs),
        StateAt = At(StateMs),
        EvidenceAt = At(EvidenceMs),
        Reason = LeaseReason.TryParse(Reason, out var code)
            ? new(code, ReasonDetail)
            : throw new FormatException($"'{Reason}' is no reason of a lease"),
        ConfirmedAt = ConfirmedMs is { } confirmed ? At(confirmed) : null,
        Confirmed = new(Held, Asked),
    };

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>Where leases are kept. Every method is durable when it returns.</summary>
public interface IMitigationJournal
{
    /// <summary>Writes rows, new or changed, together or not at all.</summary>
    /// <exception cref="MitigationJournalException">They cannot be written.</exception>
    Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel);

    /// <summary>Takes a row away.</summary>
    /// <exception cref="MitigationJournalException">It cannot be written.</exception>
    Task DeleteAsync(ulong id, CancellationToken cancel);

    /// <summary>Tries whether it is there and can be written; asked at every round.</summary>
    /// <exception cref="MitigationJournalException">It is not, or cannot.</exception>
    Task ProbeAsync(CancellationToken cancel);

    /// <summary>Opens it anew, as after a disk that went and came back; a file that is gone is made.</summary>
    /// <exception cref="MitigationJournalException">It cannot be had.</exception>
    Task ReopenAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>All leases that are not over, and those that ended since a moment.</summary>
    /// <exception cref="MitigationJournalException">They cannot be read.</exception>
    Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel);
}

/// <summary>The journal of blocks cannot be read or written; the message names it and the mend.</summary>
public sealed class MitigationJournalException(string message, Exception? inner = null)
    : MitigationLedgerException(message, inner);
