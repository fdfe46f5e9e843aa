// SPDX-License-Identifier: Apache-2.0
using Weir.Cases;
using Weir.Cli.Serving;
using Weir.Escalating;
using Weir.Notifying.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>The garden a line is in, as the access system confirmed it.</summary>
internal sealed class LadderDoings(LadderParts ladders) : ICaseDoings
{
    public IReadOnlyList<CaseDoing> Of(CaseFile file, CaseScope scope) => ladders.Desk.Find(file.Id)?.Confirmed switch
    {
        WalledGarden.Leaky => [new(DoingKind.LeakyGarden, "", null)],
        WalledGarden.Strict => [new(DoingKind.StrictGarden, "", null)],
        _ => [],
    };
}
