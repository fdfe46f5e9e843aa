// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collecting;

/// <summary>A taker that is told when a run of datagrams is over, so that it can hand on what it gathered.</summary>
public interface IDatagramBatchHandler : IDatagramHandler
{
    /// <summary>After each batch, and at least every <see cref="Sockets.UdpLane.Tick"/> while nothing arrives.</summary>
    void OnBatchEnd();
}
