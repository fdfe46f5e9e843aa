// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Flows;

public sealed class FlowTests
{
    [Fact]
    public void Opener_place_and_role_share_an_octet_and_do_not_disturb_each_other()
    {
        foreach (var opener in Enum.GetValues<FlowInitiator>())
        {
            foreach (var place in Enum.GetValues<FlowAttribution>())
            {
                for (byte role = 0; role < 2; role++)
                {
                    var flow = new Flow { Role = 1, Place = FlowAttribution.Excluded, Opener = FlowInitiator.Remote };
                    (flow.Opener, flow.Place, flow.Role) = (opener, place, role);
                    Assert.Equal((opener, place, role), (flow.Opener, flow.Place, flow.Role));
                }
            }
        }
    }

    [Fact]
    public void Flows_of_spoofed_sources_are_set_apart_in_a_batch()
    {
        var batch = new FlowBatch(8);
        for (var i = 0; i < 8; i++)
        {
            batch.Next() =
                new Flow { Place = i % 3 == 0 ? FlowAttribution.Spoofed : FlowAttribution.Attributed, StartMs = i };
            batch.Spoofed += i % 3 == 0 ? 1 : 0;
        }

        Assert.Equal([1L, 2, 4, 5, 7], batch.Attributed().ToArray().Select(f => f.StartMs));
        Assert.Equal(8, batch.Flows.Length);
        batch.Clear();
        Assert.Equal((0, 0), (batch.Count, batch.Spoofed));
    }

    /// <summary>Whatever interfaces somebody invents for one exporter, the others keep their numbers to get, and nobody
    /// is nobody.</summary>
    [Fact]
    public void One_exporters_interfaces_leave_numbers_for_the_others()
    {
        var numbers = new ExporterNumbers();
        var noisy = IpKey.FromV4(1);
        for (var i = 1U; i <= 70_000; i++)
        {
            Assert.NotEqual(0, numbers.GetOrAdd(new FlowSource(noisy, 0, i)));
        }

        Assert.Equal(numbers.GetOrAdd(noisy), numbers.GetOrAdd(new FlowSource(noisy, 0, 70_000)));
        var other = new FlowSource(IpKey.FromV4(2), 5, 6);
        Assert.Equal(other, numbers.Of(numbers.GetOrAdd(in other)));
    }

    [Fact]
    public void Exporters_have_one_number_each_whoever_asks()
    {
        var numbers = new ExporterNumbers();
        var given = new ushort[4][];
        Parallel.For(0, 4, thread =>
            given[thread] = [.. Enumerable.Range(0, 500).Select(i => numbers.GetOrAdd(IpKey.FromV4((uint)i + 1)))]);

        Assert.All(given, g => Assert.Equal(given[0], g));
        Assert.Equal(500, given[0].Distinct().Count());
        Assert.DoesNotContain((ushort)0, given[0]);
        Assert.Equal(IpKey.FromV4(7), numbers.AddressOf(given[0][6]));
        Assert.Equal(default, numbers.AddressOf(0));
    }
}
