// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Desk.Cases;

/// <summary>Where a false alarm goes: the endpoint is not listed any more, also not for what
/// was found before.</summary>
public interface IFalsePositiveSink
{
    Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel);
}
