// SPDX-License-Identifier: Apache-2.0
//
// The record before the act (rules.md R12, house convention C14). An entry is durable before anything is released or
// done; refusals are entries too. Plain values only, so that the log outlives the types it speaks of. No address of a
// subscriber and no name of a customer ever stands in one.
namespace Weir.Hosting.Auditing;

/// <summary>One entry. Empty text means "does not apply".</summary>
public sealed record AuditEntry
{
    /// <summary>Who: an OS user, or <c>weir</c> for the machine itself.</summary>
    public required string Actor { get; init; }

    /// <summary>In which role: <c>analyst</c>, <c>operator</c>, <c>privacy-officer</c>, <c>auditor</c>,
    /// <c>administrator</c>, <c>machine</c>.</summary>
    public required string Role { get; init; }

    /// <summary>What: <c>read-evidence</c>, <c>open-scope</c>, <c>compare</c>, <c>disclose</c>, …</summary>
    public required string Act { get; init; }

    /// <summary><c>allow</c>, or the code of a refusal: <c>out-of-scope</c>, <c>no-trigger</c>, …</summary>
    public required string Outcome { get; init; }

    public string Purpose { get; init; } = "";

    public string Case { get; init; } = "";

    public string Scope { get; init; } = "";

    /// <summary>Pseudonym, never an address outside the lab profile.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Rule and version.</summary>
    public string Rule { get; init; } = "";

    /// <summary>SHA-256 of what was asked, hexadecimal.</summary>
    public string PredicateDigest { get; init; } = "";

    public long Rows { get; init; }

    /// <summary>SHA-256 of what was released, hexadecimal.</summary>
    public string ResultDigest { get; init; } = "";

    /// <summary>The reason given by the actor, or what an officer should know. For people: no code reads it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Number of the request that joins the chains of two processes; of <c>RequestNumber</c>'s form, or a
    /// customer's act of <c>CustomerAct</c>'s.</summary>
    public string Request { get; init; } = "";

    /// <summary>The person for whom one process reads what is another's.</summary>
    public string For { get; init; } = "";

    /// <summary>What came of it, as a word: <c>clean</c> or <c>not-clean</c> of a
    /// check, why a block ended.</summary>
    public string Result { get; init; } = "";

    /// <summary>Number of what two people signed, which this rests on: <c>r-…</c>.</summary>
    public string Approval { get; init; } = "";

    /// <summary>The exact text that a person, or the owner of a list, signed; empty where the entry is about no
    /// signature.</summary>
    public string Text { get; init; } = "";

    /// <summary>The signature over <see cref="Text"/>, armored as ssh-keygen writes it.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Subjects without a case whom a block hits as well.</summary>
    public long? Collateral { get; init; }

    /// <summary>How long what ends was in force, seconds.</summary>
    public long? LifetimeSeconds { get; init; }

    /// <summary>Endpoints that a comparison named when its labels were shuffled.</summary>
    public long? Permuted { get; init; }

    /// <summary>Entries that a load of a list has and the one before had not.</summary>
    public long? Added { get; init; }

    /// <summary>Entries that the load before had and this one has not.</summary>
    public long? Removed { get; init; }

    /// <summary>SHA-256, hexadecimal, of the kept file that names what was added and removed; empty where nothing
    /// was.</summary>
    public string Difference { get; init; } = "";
}

/// <summary>Where an entry stands.</summary>
/// <param name="Sequence">Its number, from 1, without gaps.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Hash">SHA-256 of the entry, which includes the hash before it.</param>
public readonly record struct AuditReceipt(long Sequence, DateTimeOffset At, string Hash);

/// <summary>The log. Many callers at once; entries that wait together are made durable together.</summary>
public interface IAuditLog
{
    /// <summary>Completes when the entry is durable.</summary>
    /// <exception cref="AuditException">It could not be made durable: the act must not happen.</exception>
    Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel);
}

/// <summary>The audit cannot be written or does not hold together; the message names the place and the mend.</summary>
public sealed class AuditException(string message, Exception? inner = null) : Exception(message, inner);
