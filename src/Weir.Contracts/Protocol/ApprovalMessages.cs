// SPDX-License-Identifier: Apache-2.0
//
// What the desk says to the vault about acts that two people approve. The vault draws up what is signed, and takes a
// signature only over just that.
using Weir.Contracts.Approvals;
using Weir.Contracts.Grounds;

namespace Weir.Contracts.Protocol;

/// <summary>A request is to be drawn up.</summary>
/// <param name="Number">The request's own: see <see cref="RequestNumber"/>.</param>
/// <param name="Leave">Number of the leave at the desk.</param>
/// <param name="Act">A word of <see cref="WhoSigns"/>.</param>
/// <param name="Case">The case; empty where there is none.</param>
/// <param name="Order">The scope it rests on, with its grounds; null where there is none.</param>
/// <param name="Target">What it is about beside case and scope.</param>
/// <param name="Reason">As who asked says.</param>
public sealed record ApprovalAsk(
    string Number, string Leave, string Act, string Case, ScopeOrderFields? Order, string Target, string Reason)
{
    /// <summary>Who asks, as the desk says: one person has a share of what may wait.</summary>
    public string AskedBy { get; init; } = "";

    /// <summary>For how many seconds it holds at most once it is given; 0 where it is done at once.</summary>
    public long LastsSeconds { get; init; }
}

/// <summary>A signature under a request.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Leave">Number of the leave at the desk.</param>
/// <param name="Signature">As <see cref="ApprovalSignature"/> has it.</param>
public sealed record ApprovalSignAsk(string Number, string Leave, string Signature);

/// <summary>What two people decided of a listed network that the brake holds. The vault looks at its own request, the
/// store at the signatures that come along.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Leave">Number of the leave at the desk.</param>
/// <param name="Network">/24 or /48, as it was signed.</param>
/// <param name="IsReleased">What is held becomes cases; else it is thrown away.</param>
/// <param name="Signed">Both signatures; null in a lab.</param>
public sealed record NetworkDecision(
    string Number, string Leave, string Network, bool IsReleased, SignedApproval? Signed);

/// <summary>How a request stands.</summary>
/// <param name="Texts">What may be signed, by role: <see cref="ApprovalText"/>.</param>
/// <param name="Signatures">Those that hold, in the order in which they came.</param>
/// <param name="SignedBy">Whose they are.</param>
public sealed record ApprovalStanding(
    IReadOnlyDictionary<string, string> Texts, IReadOnlyList<ApprovalSignature> Signatures,
    IReadOnlyList<string> SignedBy)
{
    /// <summary>Where it is signed by passkeys; empty where nowhere.</summary>
    public string Page { get; init; } = "";
}
