// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Configuration;

namespace Weir.Vault.Customers;

/// <summary>Answers of the customer's page by kind; nobody's.</summary>
internal enum ResponseKind
{
    /// <summary>A case was shown.</summary>
    Shown,

    /// <summary>No true link, or none that holds any more.</summary>
    Refused,

    /// <summary>Something that was never there.</summary>
    Elsewhere,

    /// <summary>A form that was not the page's own, too old, or too large.</summary>
    BadForm,

    /// <summary>Asked too often.</summary>
    TooMany,

    /// <summary>"I fixed it".</summary>
    Fixed,

    /// <summary>An appeal.</summary>
    Appealed,

    /// <summary>A consent to a look.</summary>
    Agreed,

    /// <summary>Consents were taken back.</summary>
    TookBack,

    /// <summary>The audit, or the desk, was away.</summary>
    Failed,
}

/// <summary>Counts answers.</summary>
internal sealed class PageCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<ResponseKind>().Length];

    public long this[ResponseKind kind] => Interlocked.Read(ref _counts[(int)kind]);

    public void Count(ResponseKind kind) => Interlocked.Increment(ref _counts[(int)kind]);
}

/// <summary>What the customer's page counts.</summary>
internal sealed class CustomerPageMetrics
{
    public CustomerPageMetrics(IMeterFactory meters, Func<PageCounts?> counts)
    {
        var meter = meters.Create("Weir.SelfService");
        meter.CreateObservableCounter(
            "weir.selfservice.answers", () => Each(counts()), "{answer}",
            "Answers of the customer's page by what they were; refused: wrong, forged, "
                + "expired and revoked links alike.");
    }

    private static IEnumerable<Measurement<long>> Each(PageCounts? counts) =>
        Enum.GetValues<ResponseKind>().Select(kind => new Measurement<long>(
            counts?[kind] ?? 0,
            new KeyValuePair<string, object?>("reason", Schema.Kebab(kind.ToString()))));
}
