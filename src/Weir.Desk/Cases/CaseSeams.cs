// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Cases;

/// <summary>From a pseudonym to what the shards know a subject by, in memory only.</summary>
public interface ISubjectBlocks
{
    /// <summary>The subject's block; null where the epoch's key is gone.</summary>
    IpKey? BlockOf(SubjectKey subject, uint epoch);
}

/// <summary>Where a false alarm goes: the endpoint is not listed any more, also not for what
/// was found before.</summary>
public interface IFalsePositiveSink
{
    Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel);
}
