// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Lists.Feeds;

namespace Weir.Desk.Lists;

/// <summary>A list that the desk writes itself and that is read as every other one.</summary>
internal interface IKeptList
{
    /// <summary>The file as a list; made where there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be read, or cannot be made.</exception>
    FeedOptions Open();

    /// <summary>Whom to have read it again after each change.</summary>
    void RefreshWith(ListRefresher refresher);
}
