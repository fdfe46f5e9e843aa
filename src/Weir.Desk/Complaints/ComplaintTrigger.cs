// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Complaints;

/// <summary>An authenticated, attributed complaint that is narrow enough to open a scope (rules.md R2, example 12). The
/// scope confirms or refutes this one report and nothing else.</summary>
/// <param name="Complaint">What was reported.</param>
/// <param name="Reporter">Who, by the configuration's name.</param>
/// <param name="Proof">How that was told.</param>
/// <param name="Subject">Pseudonym under the current epoch's key.</param>
/// <param name="Class">Protocol, target and target port of the complaint.</param>
public sealed record ComplaintTrigger(
    Complaint Complaint, string Reporter, ReporterAuthentication Proof, SubjectKey Subject, TrafficClass Class)
{
    /// <summary>How far the scope reaches to each side of the time reported.</summary>
    public const long MarginMs = 5 * 60_000;

    /// <summary>Why somebody looks; what the complaint is about is <see cref="Complaint.About"/>.</summary>
    public static Purpose Purpose => Purpose.ComplaintHandling;

    /// <summary>Reading, to confirm or refute; everything further needs an event of our own.</summary>
    public static ScopeActions Actions => ScopeActions.Read;

    /// <summary>As a scope's trigger is written: <c>complaint/xarf4</c>.</summary>
    public string Rule => $"complaint/{Complaint.Standard.ToString().ToLowerInvariant()}";

    /// <summary>The number of the scope it opens: the same for the same reporter and reference.</summary>
    public ScopeId Scope => new(BinaryPrimitives.ReadUInt64BigEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"complaint {Reporter} {Complaint.Reference}"))));

    public long FromMs => Complaint.At.ToUnixTimeMilliseconds() - MarginMs;

    public long UntilMs => Complaint.At.ToUnixTimeMilliseconds() + MarginMs;
}

/// <summary>What became of one complaint.</summary>
/// <param name="Complaint">The complaint; null where the whole file was refused.</param>
/// <param name="Trigger">What opens a case; null where refused or known.</param>
/// <param name="Refusal">Why not; null where opened or known.</param>
/// <param name="Why">A sentence without addresses; empty where opened.</param>
public sealed record ComplaintOutcome(Complaint? Complaint, ComplaintTrigger? Trigger, DenyCode? Refusal, string Why)
{
    /// <summary>The same reporter told of it before.</summary>
    public bool IsRepeated => Trigger is null && Refusal is null;
}

/// <summary>What became of a file: rows read = outcomes + faults.</summary>
/// <param name="Reporter">Who sent it; empty where that could not be told.</param>
/// <param name="Proof">How that was told.</param>
/// <param name="Outcomes">One for each complaint; a single refusal where the file was refused whole.</param>
/// <param name="Faults">Rows that were no complaint.</param>
public sealed record ComplaintReceipt(
    string Reporter, ReporterAuthentication Proof, IReadOnlyList<ComplaintOutcome> Outcomes,
    IReadOnlyList<RowFault> Faults);
