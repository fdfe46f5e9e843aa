// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Approvals;

/// <summary>What one person asked for and a second has to give.</summary>
/// <param name="Id">Number of the request, <c>a-</c> and 16 hexadecimal digits.</param>
/// <param name="Act">What was asked for.</param>
/// <param name="Case">The case; empty where there is none.</param>
/// <param name="Scope">The scope; empty where there is none.</param>
/// <param name="Target">What it is about where it is no scope: a candidate, an endpoint.</param>
/// <param name="AskedBy">The first person.</param>
/// <param name="AskedAt">When; it holds for 24 hours.</param>
/// <param name="Reason">As the first person says.</param>
internal sealed record ApprovalSummary(
    string Id, string Act, string Case, string Scope, string Target, string AskedBy,
    DateTimeOffset AskedAt, string Reason);

/// <param name="Case">Whose subject.</param>
/// <param name="Scope">The scope that the reason rests on.</param>
/// <param name="Reason">What is to be done with the name; stands in the audit.</param>
internal sealed record DisclosureRequest(string Case, string Scope, string Reason);

/// <param name="Id">Number of the request.</param>
/// <param name="Case">Whose subject.</param>
/// <param name="Scope">The scope that the reason rests on.</param>
/// <param name="Line">Who it is; empty while it waits.</param>
/// <param name="Until">End of the view, UTC; null while it waits.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record DisclosureResponse(
    string Id, string Case, string Scope, string Line, DateTimeOffset? Until, string Next);

/// <param name="Id">Number of the request.</param>
/// <param name="Role">Whose text this is: the caller's role.</param>
/// <param name="Text">What is signed, to the octet, as the vault drew it up.</param>
/// <param name="SignedBy">Who has signed, first one first.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record ApprovalDetail(
    string Id, string Role, string Text, IReadOnlyList<string> SignedBy, string Next)
{
    /// <summary>The vault's page on which it is signed by passkeys; empty where there is none.</summary>
    public string Page { get; init; } = "";

    /// <summary>What was asked for.</summary>
    public string Act { get; init; } = "";

    /// <summary>The case; empty where there is none.</summary>
    public string Case { get; init; } = "";

    /// <summary>The planned block that it is to put in force; empty where it is about none.</summary>
    public string Block { get; init; } = "";

    /// <summary>The first person; the second one has it carried out.</summary>
    public string AskedBy { get; init; } = "";

    /// <summary>As the first person says.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who had it carried out; empty while it waits.</summary>
    public string GivenBy { get; init; } = "";
}

/// <param name="Signature">As <c>ssh-keygen -Y sign -n weir-approval</c> writes it.</param>
internal sealed record SignatureSubmission(string Signature);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<ApprovalSummary>))]
[JsonSerializable(typeof(ApprovalDetail))]
[JsonSerializable(typeof(SignatureSubmission))]
[JsonSerializable(typeof(DisclosureRequest))]
[JsonSerializable(typeof(DisclosureResponse))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
