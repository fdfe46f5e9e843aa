// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Complaints;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Complaints;

/// <summary>
/// What others bring: complaints and consents. Who brings one proves nothing: only the signature of a configured
/// reporter, or the vault's, does, or anybody with a role could open a scope of interest (rules.md R2, R20).
/// </summary>
internal sealed class ComplaintRoutes(CaseHandler cases, ComplaintHandler complaints)
{
    /// <summary>The longest file, as base64 with room for what is around it.</summary>
    private const int MaxFileOctets = (int)(ComplaintReader.MaxOctets * 4L / 3) + 65_536;

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ComplaintRequest, ComplaintResponse>
        {
            Method = HttpMethods.Post, Path = "complaints", Roles = RouteRoles.From(Role.Analyst, Role.Operator),
            Repeat = RouteRepeat.ByName, MaxOctets = MaxFileOctets, Refusals = ["vault-down"],
            Summary = "Bring a third party's complaint; what it opens follows from who signed it.",
            Body = ComplaintJson.Default.ComplaintRequest, Answer = ComplaintJson.Default.ComplaintResponse,
            Refusal = (call, _) => RouteRefusal.Of(
                AuditActions.Complaint,
                $"{call.Actor.RoleWord} brings no complaints; an analyst or an operator does."),
            Handle = BringAsync,
        })
        .Add(new ApiRoute<ConsentTokenRequest, ConsentResponse>
        {
            Method = HttpMethods.Post, Path = "consents", Roles = RouteRoles.For(Permission.TakeConsent),
            Repeat = RouteRepeat.ByName,
            Refusals =
                ["not-authenticated", "action-not-allowed", "expired", "unknown", "vault-down", "too-many-scopes",
                    "not-corroborated", "entry-held"],
            Summary = "Bring a customer's consent to a diagnosis of the own line; it opens one scope.",
            Body = ComplaintJson.Default.ConsentTokenRequest, Answer = ComplaintJson.Default.ConsentResponse,
            Refusal = (_, body) => new Request.UseConsent(DigestOf(body?.Token)), Handle = UseAsync,
        });

    private async Task<ComplaintResponse> BringAsync(ApiCall call, ComplaintRequest asked)
    {
        var receipt = await complaints.ReceiveAsync(
            new ComplaintFile(asked.File) { Signature = asked.Signature ?? [] }, call.Cancel);
        return new([
            .. receipt.Outcomes.Select(outcome => Format(receipt, outcome)),
            .. receipt.Faults.Select(fault => Format(receipt, fault)),
        ]);
    }

    private async Task<ConsentResponse> UseAsync(ApiCall call, ConsentTokenRequest asked)
    {
        if (asked.Token.Length > ConsentToken.Longest)
        {
            throw ApiRefusalException.BadRequest(
                $"the token is longer than {ConsentToken.Longest} octets; it is none of the vault's");
        }

        var taken = await cases.TakeConsentAsync(call.Actor, asked.Token, call.Cancel);
        ApiRefusalException.ThrowIf(taken.Refused);
        return new(taken.Case.ToString()!, taken.Scope.ToString()!);
    }

    private static string DigestOf(string? token) => token is null
        ? ""
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static ComplaintResult Format(ComplaintReceipt receipt, ComplaintOutcome outcome) => new(
        receipt.Reporter, receipt.Proof.ToString(),
        outcome.Refusal is { } code ? DenyCodes.ToName(code) : outcome.IsRepeated ? "told-before" : "opened",
        outcome.Complaint?.Kind ?? "", outcome.Trigger?.Class.ToString() ?? "", outcome.Why);

    private static ComplaintResult Format(ComplaintReceipt receipt, RowFault fault) => new(
        receipt.Reporter, receipt.Proof.ToString(), "no-complaint", "", "",
        FormattableString.Invariant($"row {fault.Row}: {fault.Why}"));
}
