// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Complaints;

/// <summary>The last so many complaints, in memory; the oldest are forgotten first. Safe for several threads.</summary>
/// <param name="most">How many are known.</param>
public sealed class RecentComplaints(int most = 1_000_000) : IComplaintHistory
{
    private readonly Lock _one = new();
    private readonly HashSet<(string, string)> _known = [];
    private readonly Queue<(string, string)> _order = new();

    public bool Knows(string reporter, string reference)
    {
        lock (_one)
        {
            return _known.Contains((reporter, reference));
        }
    }

    public void Remember(string reporter, string reference)
    {
        lock (_one)
        {
            if (_known.Add((reporter, reference)))
            {
                _order.Enqueue((reporter, reference));
            }

            while (_order.Count > most)
            {
                _known.Remove(_order.Dequeue());
            }
        }
    }
}
