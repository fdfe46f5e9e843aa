// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Customers;

/// <summary>Acts of customers in numbers; nobody's.</summary>
internal sealed class CustomerActMetrics
{
    public CustomerActMetrics(IMeterFactory meters, Func<IReadOnlyDictionary<string, long>> counts) =>
        meters.Create("Weir.Customers").CreateObservableCounter(
            "weir.customers.acts",
            () => counts().Select(one => new Measurement<long>(
                one.Value, new KeyValuePair<string, object?>("outcome", one.Key))),
            "{act}",
            "Acts of customers that came from the vault: fixed, appeal, or why they were not believed.");
}
