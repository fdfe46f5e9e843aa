// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Lists;

/// <summary>The watchlist in force. Readers take it once a batch; a reload swaps it without pause.</summary>
public sealed class CurrentWatchlist
{
    private Watchlist _current;

    public CurrentWatchlist()
        : this(Watchlist.Empty)
    {
    }

    public CurrentWatchlist(Watchlist first) => _current = first;

    public Watchlist Current => Volatile.Read(ref _current);

    public void Replace(Watchlist next) => Volatile.Write(ref _current, next);
}
