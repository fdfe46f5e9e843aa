// SPDX-License-Identifier: Apache-2.0
using Weir.Flows;

namespace Weir.Notifying;

/// <summary>Links where no page is served: none.</summary>
public sealed class NoLinks : ICaseLinks
{
    public string For(CaseId id, DateTimeOffset until) => "";
}
