// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Contracts.AccessControl;
using Weir.Desk.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>The garden a line is in, as the access system confirmed it.</summary>
internal sealed class WalledGardenMeasures(EscalationController ladders) : IActiveMeasures
{
    public IReadOnlyList<ActiveMeasure> GetActive(CaseFile file, CaseScope scope) =>
        ladders.Find(file.Id)?.Confirmed switch
        {
            WalledGarden.Leaky => [new(MeasureKind.LeakyGarden, "", null)],
            WalledGarden.Strict => [new(MeasureKind.StrictGarden, "", null)],
            _ => [],
        };
}
