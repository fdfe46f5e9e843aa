// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Sockets;

namespace Weir.Collector.Collecting;

/// <summary>A taker that is told when a run of datagrams is over, so that it can hand on what it gathered.</summary>
public interface IDatagramBatchHandler : IDatagramHandler
{
    /// <summary>After each batch, and at least every <see cref="Weir.Collector.Collecting.Sockets.UdpLane.Tick"/> while
    /// nothing arrives.</summary>
    void OnBatchEnd();
}
