// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;

namespace Weir.Desk.Population;

/// <summary>Which endpoints people may ask about because a list in force names them.</summary>
public sealed class ListedEndpoints(CurrentWatchlist lists, TimeProvider time)
{
    private const int WholeAddress = 128;

    /// <summary>The list that names an endpoint itself as a C&amp;C or a sinkhole, its port too where it names one;
    /// null where none does. Of a listed network the asker would choose.</summary>
    public string? ListOf(Endpoint endpoint)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var entries = lists.Current.All(endpoint);
        return entries.Any(one => one.Role == ListRole.Allow) ? null
            : entries.Where(one => one.Role is ListRole.C2 or ListRole.Sinkhole && one.What.Length == WholeAddress
                && one.IsValidAt(now)).Select(one => one.List).FirstOrDefault();
    }
}
