// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Customers;
using Weir.Contracts.Scopes;

namespace Weir.Tests.Support;

/// <summary>Acts of customers, as a vault signs them.</summary>
internal static class CustomerActs
{
    public static CustomerAct Fixed(CaseId id, DateTimeOffset at = default) =>
        new(CustomerAct.NewId(), CustomerActKind.Fixed, id, at, "");

    public static CustomerAct Appeal(CaseId id, string words, DateTimeOffset at = default) =>
        new(CustomerAct.NewId(), CustomerActKind.Appeal, id, at, words);
}
