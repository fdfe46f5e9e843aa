// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Complaints;
using Weir.Hosting.Auditing;

namespace Weir.Cli.Control;

internal sealed record ComplaintAsked(byte[] File, byte[]? Signature);

internal sealed record ComplaintRow(
    string Reporter, string Proof, string Outcome, string Kind, string Scope, string Why);

/// <summary>
/// A complaint over the socket. Who brings it proves nothing: only a signature of a configured reporter does, or
/// anybody with a role could open a scope of interest (rules.md R2).
/// </summary>
internal sealed class ComplaintRoutes(ControlParts parts)
{
    /// <summary>The longest file, as base64 with room for what is around it.</summary>
    private const long MostOctets = (ComplaintReader.MaxOctets * 4L / 3) + 65_536;

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/v1/complaints", ControlCall.With(parts, TakeAsync));

    private async Task TakeAsync(ControlCall call)
    {
        if (call.Actor.Role is not (Role.Analyst or Role.Operator))
        {
            var why = $"{call.Actor.RoleWord} brings no complaints; an analyst or an operator does.";
            await parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = call.Actor.Name,
                    Role = call.Actor.RoleWord,
                    Act = AuditActions.Complaint,
                    Outcome = DenyCodes.ToName(DenyCode.RoleMayNot),
                    Reason = why
                },
                call.Cancel);
            await call.RefuseAsync(new(DenyCode.RoleMayNot, why));
            return;
        }

        call.AllowBody(MostOctets);
        if (await call.BodyAsync<ComplaintAsked>() is not { File: { } octets } asked)
        {
            await call.BadAsync("the request cannot be read; it is JSON with file and signature, both base64");
            return;
        }

        var receipt = await parts.Complaints.ReceiveAsync(
            new ComplaintFile(octets) { Signature = asked.Signature ?? [] }, call.Cancel);
        await call.AnswerAsync(receipt.Outcomes.Select(outcome => Row(receipt, outcome))
            .Concat(receipt.Faults.Select(fault => Row(receipt, fault))).ToList());
    }

    private static ComplaintRow Row(ComplaintReceipt receipt, ComplaintOutcome outcome) => new(
        receipt.Reporter, receipt.Proof.ToString(),
        outcome.Refusal is { } code ? DenyCodes.ToName(code) : outcome.IsRepeated ? "told-before" : "opened",
        outcome.Complaint?.Kind ?? "", outcome.Trigger?.Class.ToString() ?? "", outcome.Why);

    private static ComplaintRow Row(ComplaintReceipt receipt, RowFault fault) => new(
        receipt.Reporter, receipt.Proof.ToString(), "no-complaint", "", "",
        FormattableString.Invariant($"row {fault.Row}: {fault.Why}"));
}
