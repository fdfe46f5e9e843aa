// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;

namespace Weir.Collector.Detecting;

/// <summary>Takes events from the shards, in the order of each subject's; waits where the taker cannot follow, so that
/// none is lost. Who signs them is the taker's business.</summary>
public interface IQualityEventSink
{
    void Handle(QualityEvent quality);
}
