// SPDX-License-Identifier: Apache-2.0
using Weir.Cases;
using Weir.Cli.Serving;
using Weir.Escalating;
using Weir.Notifying.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>The garden a line is in, as the access system confirmed it.</summary>
internal sealed class WalledGardenMeasures(LadderParts ladders) : IActiveMeasures
{
    public IReadOnlyList<ActiveMeasure> GetActive(CaseFile file, CaseScope scope) => ladders.Desk.Find(file.Id)?.Confirmed switch
    {
        WalledGarden.Leaky => [new(MeasureKind.LeakyGarden, "", null)],
        WalledGarden.Strict => [new(MeasureKind.StrictGarden, "", null)],
        _ => [],
    };
}
