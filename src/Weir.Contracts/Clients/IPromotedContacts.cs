// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Contracts.Segments;

namespace Weir.Contracts.Clients;

/// <summary>Contacts that a search found.</summary>
/// <param name="Contacts">One for each subject, earliest first: what an event is made of, and no flow.</param>
/// <param name="IsCut">There were more than was asked for.</param>
public sealed record ContactSearchResult(IReadOnlyList<Sighting> Contacts, bool IsCut);

/// <summary>
/// Who met a promoted endpoint, over the pair digests. Which endpoint is told by the leave of the two people who
/// promoted it and by nothing else, so that no other endpoint can be asked about; looking back alone calls it.
/// </summary>
public interface IPromotedContacts
{
    /// <summary>Exchanges by subject, as the digests know them: both ways within an hour (statistics.md B.1).</summary>
    /// <param name="promotion">Leave for one endpoint.</param>
    /// <param name="fromMs">First millisecond since the UNIX epoch; an hour that overlaps is in.</param>
    /// <param name="untilMs">End, exclusive.</param>
    /// <param name="most">So many subjects at most.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentException">The leave is for something else than a promotion.</exception>
    Task<ContactSearchResult> WhoMetAsync(
        Approval promotion, long fromMs, long untilMs, int most, CancellationToken cancel);
}
