// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Leads events to the desk, which opens after the shards have started: who comes earlier waits.</summary>
internal sealed class EventRelay : IQualityEventSink
{
    private readonly TaskCompletionSource<IQualityEventSink> _desk =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void To(IQualityEventSink desk) => _desk.TrySetResult(desk);

    public void Handle(QualityEvent quality) => _desk.Task.GetAwaiter().GetResult().Handle(quality);
}
