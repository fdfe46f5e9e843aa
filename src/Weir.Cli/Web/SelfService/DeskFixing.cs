// SPDX-License-Identifier: Apache-2.0
using Weir.Cases;
using Weir.Flows;
using Weir.Notifying.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>What a customer does on the page, by the case desk alone.</summary>
internal sealed class DeskFixing(CaseDesk desk, TimeSpan check) : ICaseFixing
{
    public Task FixedAsync(CaseId id, CancellationToken cancel) => desk.CheckForCustomerAsync(id, check, cancel);

    public Task AppealAsync(CaseId id, string words, CancellationToken cancel) => desk.AppealOfCustomerAsync(id, words, cancel);
}
