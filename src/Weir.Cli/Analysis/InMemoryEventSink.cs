// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;

namespace Weir.Cli.Analysis;

/// <summary>Keeps each event of one run as it was told last.</summary>
internal sealed class InMemoryEventSink : IQualityEventSink
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, QualityEvent> _byNumber = [];

    /// <summary>In order of time.</summary>
    public IReadOnlyList<QualityEvent> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byNumber.Values
                    .OrderBy(e => e.FromMs).ThenBy(e => e.Subject).ThenBy(e => e.Rule, StringComparer.Ordinal)];
            }
        }
    }

    public void Handle(QualityEvent quality)
    {
        lock (_lock)
        {
            _byNumber[quality.Number] = quality;
        }
    }
}
