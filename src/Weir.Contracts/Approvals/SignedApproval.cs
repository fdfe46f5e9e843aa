// SPDX-License-Identifier: Apache-2.0
//
// Both signatures under one request, as they cross to whoever carries it out and as they stand in the audit. Whoever
// acts verifies them; nobody's word about them counts.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Json;

namespace Weir.Contracts.Approvals;

/// <summary>What has to be approved, as who carries it out knows it: null stands for what is not looked at.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Target">About what.</param>
public sealed record ExpectedApproval(ApprovalAct Act, string Target)
{
    public string Case { get; init; } = "";

    /// <summary>The scope as <see cref="ScopeDigest"/> writes it.</summary>
    public string? Scope { get; init; }

    /// <summary>As who asked said; null where nobody here knows.</summary>
    public string? Reason { get; init; }
}

/// <summary>What came of looking at an approval.</summary>
/// <param name="Fault">None where two people approved what is expected.</param>
/// <param name="Request">What they signed; null where it cannot be read.</param>
/// <param name="Signers">Who; both where there is no fault.</param>
public sealed record ApprovalVerdict(
    ApprovalFault Fault, ApprovalRequest? Request, IReadOnlyList<Person> Signers)
{
    /// <summary>Names and roles of both, for records.</summary>
    public string Names => string.Join(", ", Signers.Select(one => $"{one.Name} ({one.RoleWord})"));
}

/// <summary>Signatures of two people.</summary>
/// <param name="Signatures">In the order in which they came.</param>
public sealed record SignedApproval(IReadOnlyList<ApprovalSignature> Signatures)
{
    /// <summary>The one form in records.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ApprovalContext.Default.SignedApproval);

    /// <summary>Reads what <see cref="ToJson"/> wrote; null for an empty text.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static SignedApproval? FromJson(string text) =>
        text.Length == 0
        ? null
        : StrictJson.Read(System.Text.Encoding.UTF8.GetBytes(text), ApprovalContext.Default.SignedApproval);

    /// <summary>Looks whether two people approved just this.</summary>
    /// <param name="expected">What is to be done.</param>
    /// <param name="people">Whose keys count.</param>
    /// <param name="at">When it has to be good; null for whenever it is.</param>
    public ApprovalVerdict Verify(ExpectedApproval expected, People people, DateTimeOffset? at)
    {
        if (Signatures.Count != 2)
        {
            return new(ApprovalFault.SecondPersonNeeded, null, []);
        }

        var looked = Signatures.Select(one => one.Verify(people, at)).ToList();
        if (looked.Find(one => one.Fault != ApprovalFault.None) is { } bad)
        {
            return new(bad.Fault, bad.Request, []);
        }

        var (first, second) = (looked[0], looked[1]);
        var request = first.Request!;
        var fault = request != second.Request ? ApprovalFault.OtherText
            : first.Person!.Name == second.Person!.Name || first.Key!.Equals(second.Key)
                || !WhoSigns.MayTogether(request.Act, first.Role, second.Role) ? ApprovalFault.SecondPersonNeeded
            : request.Act != expected.Act || request.Target != expected.Target || request.Case != expected.Case
                || (expected.Scope is { } scope && scope != request.Scope)
                || (expected.Reason is { } said && said != request.Reason) ? ApprovalFault.OtherText
            : ApprovalFault.None;
        return new(fault, request, [first.Person!, second.Person!]);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignedApproval))]
internal sealed partial class ApprovalContext : JsonSerializerContext;
