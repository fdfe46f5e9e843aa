// SPDX-License-Identifier: Apache-2.0
//
// A report of the population plane for a person: counted and protected by the machine, then decided, then recorded with
// its digest, and only then given out (rules.md R11, R12). A refusal is an entry as well.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Population;

/// <summary>A report, or the refusal.</summary>
/// <param name="View">Null where refused.</param>
/// <param name="Refused">Null where released.</param>
public sealed record PopulationRelease(PopulationView? View, Decision.Deny? Refused);

/// <summary>Releases the fixed reports.</summary>
public sealed class PopulationReportHandler(IPopulationReports reports, PolicyEngine engine, IAuditLog audit)
{
    /// <summary>How coarse a policy's figures are.</summary>
    public static PopulationKAnonymity RulesOf(PolicyProfile policy) =>
        policy.ShowsSubjects
            ? PopulationKAnonymity.Lab
            : new(policy.K, policy.KFloor, policy.BaseMinimum, policy.Rounding);

    /// <summary>As <see cref="IPopulationReports.QueryAsync"/>, for somebody.</summary>
    /// <exception cref="AuditException">The release could not be made durable: nothing is given out.</exception>
    public async Task<PopulationRelease> QueryAsync(
        Actor actor, string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel)
    {
        var asked = string.Join(
            ' ', new[] { name, window, endpoint?.ToString(), group }.Where(word => !string.IsNullOrEmpty(word)));
        if (!Roles.May(actor.Role, Permission.ReadReports))
        {
            return new(null, (Decision.Deny)await engine.DecideAsync(
                actor, new Request.ReadPopulationReport(asked, 0), cancel));
        }

        var outcome = await reports.QueryAsync(name, group, window, endpoint, cancel);
        if (outcome.View is not { } view)
        {
            return new(null, (Decision.Deny)await engine.RefuseAsync(
                actor, new Request.ReadPopulationReport(asked, 0), CodeOf(outcome.Refusal!.Value),
                outcome.Why, cancel));
        }

        if (await engine.DecideAsync(actor, new Request.ReadPopulationReport(asked, view.Base.Subjects), cancel)
            is Decision.Deny deny)
        {
            return new(null, deny);
        }

        await audit.AppendAsync(
            new AuditEntry
            {
                Actor = actor.Name,
                Role = actor.RoleWord,
                Act = AuditActions.PopulationReport,
                Outcome = AuditActions.Allow,
                PredicateDigest = Digest(asked),
                Rows = view.Lines.Count,
                ResultDigest = Digest(JsonSerializer.Serialize(view)),
            },
            cancel);
        return new(view, null);
    }

    private static DenyCode CodeOf(PopulationRefusal refusal) => refusal switch
    {
        PopulationRefusal.PopulationTooSmall => DenyCode.PopulationTooSmall,
        PopulationRefusal.BelowK => DenyCode.BelowK,
        PopulationRefusal.EndpointNotListed => DenyCode.PopulationPlaneOnly,
        PopulationRefusal.FiguresSpent or PopulationRefusal.WindowErased => DenyCode.Expired,
        _ => DenyCode.Unknown,
    };

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
