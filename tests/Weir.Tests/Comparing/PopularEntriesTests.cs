// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Comparing;

/// <summary>A listed endpoint that too many met counts for nothing: neither for who is a case nor since when nor by
/// what. </summary>
public class PopularEntriesTests
{
    private static readonly Endpoint Service = new(IpKey.Parse("203.0.113.9"), 443, Protocols.Tcp);
    private static readonly Endpoint Cnc = new(IpKey.Parse("198.51.100.7"), 8443, Protocols.Tcp);

    [Fact]
    public void Who_met_a_true_one_too_is_a_case_since_the_true_one_and_by_it_alone()
    {
        var lines = Enumerable.Range(1, 60).Select(one => new SubjectKey((UInt128)(uint)one)).ToArray();
        List<Sighting> standing =
        [
            .. lines.Select(line => new Sighting(line, Service, "public", ContactKind.Exchange, 1_000, 2_000, 1)),
            .. lines[..3].Select(
                line => new Sighting(line, Cnc, PromotedList.Name, ContactKind.Exchange, 50_000, 60_000, 1)),
        ];

        var (all, cases, entries) = PopularEntries.LeaveOut(standing, [], 100, new());

        Assert.Equal(60, all.Cases.Count);
        Assert.Equal(lines[..3], cases.Cases.Keys.Order());
        Assert.All(cases.Cases.Values, one => Assert.Equal(new Infection(50_000, 1), one));
        Assert.All(cases.Contacts.Values, met => Assert.Equal([Cnc], met));
        Assert.Equal([Cnc], cases.OnOurOwnListAlone);
        Assert.Equal(new PopularEntry(Service, 60, 57), Assert.Single(entries));
        // It stays listed, so that nobody finds it as a candidate.
        Assert.Contains(Service, cases.Listed);
    }

    [Fact]
    public void Below_the_cap_nothing_is_left_out()
    {
        var lines = Enumerable.Range(1, 49).Select(one => new SubjectKey((UInt128)(uint)one));
        var standing = lines.Select(
            line => new Sighting(line, Service, "public", ContactKind.Exchange, 1_000, 2_000, 1)).ToList();

        var (all, cases, entries) = PopularEntries.LeaveOut(standing, [], 100, new());

        Assert.Empty(entries);
        Assert.Equal(49, cases.Cases.Count);
        Assert.Same(all, cases);
    }
}
