// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Auditing.Outside;

/// <summary>Heads on their way out, in numbers.</summary>
internal sealed class HeadPusherMetrics
{
    public HeadPusherMetrics(
        IMeterFactory meters, Func<IEnumerable<(string Channel, HeadChannelState State)>> states)
    {
        var meter = meters.Create("Weir.Auditing.Outside");
        Each("weir.audit.outside.heads", "{head}", "Heads that a way out took, by channel.", state => state.Sent);
        Each(
            "weir.audit.outside.failures", "{failure}", "Tries to send a head that failed, by channel.",
            state => state.Failures);

        void Each(string name, string unit, string what, Func<HeadChannelState, long> of) =>
            meter.CreateObservableCounter(
                name, () => states().Select(one => new Measurement<long>(
                    of(one.State), new KeyValuePair<string, object?>("channel", one.Channel))), unit, what);
    }
}
