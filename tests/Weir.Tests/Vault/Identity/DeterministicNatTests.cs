// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>Translation by rule (RFC 7422): both ways, and over the tables.</summary>
public class DeterministicNatTests
{
    [Property(MaxTest = 200)]
    public void Every_port_of_an_inside_address_leads_back_to_it_and_no_port_to_two(
        byte bits, byte many, ushort first, bool staggered, ushort pick)
    {
        var inside = Prefix.From(IpKey.Parse("100.64.0.0"), 96 + 20 + (bits % 9));
        var outside = Enumerable.Range(0, 4 + (many % 5)).Select(i => Prefix.Parse($"198.51.{i}.0/26")).ToList();
        var nat = new DeterministicNat(
            inside, outside, [Prefix.Parse("198.51.0.0/30")], (ushort)(first % 20_000),
            order: staggered ? NatOrder.Staggered : NatOrder.Sequential);

        var address = IpKey.FromV4(inside.Network.V4 + (uint)(pick % (1 << (32 - inside.WrittenLength))));
        Assert.True(nat.TryOutside(address, out var world, out var from, out var to));
        Assert.Equal(nat.PortsEach, to - from + 1);
        Assert.True(from >= nat.FirstPort && to <= nat.LastPort);
        Assert.False(Prefix.Parse("198.51.0.0/30").Contains(world));
        foreach (var port in (ushort[])[from, (ushort)((from + to) / 2), to])
        {
            Assert.True(nat.TryInside(world, port, out var back));
            Assert.Equal(address, back);
        }

        Assert.True(
            from == nat.FirstPort || (nat.TryInside(world, (ushort)(from - 1), out var other) && other != address));
    }

    [Fact]
    public void The_example_of_the_standards_form_sixteen_lines_on_one_address()
    {
        var nat = new DeterministicNat(Prefix.Parse("100.64.0.0/28"), [Prefix.Parse("198.51.100.1")], firstPort: 1024);

        Assert.Equal((16, 4_032), (nat.LinesEach, nat.PortsEach));
        Assert.True(nat.TryInside(IpKey.Parse("198.51.100.1"), 1024 + 4_032, out var second));
        Assert.Equal("100.64.0.1", second.ToString());
        Assert.False(nat.TryInside(IpKey.Parse("198.51.100.1"), 1_023, out _));
        Assert.False(nat.TryInside(IpKey.Parse("198.51.100.2"), 2_000, out _));
    }

    [Fact]
    public void Settings_that_cannot_serve_every_inside_address_are_refused_with_the_mend() =>
        Assert.Contains(
            "do not fit",
            Assert.Throws<ArgumentException>(() => new DeterministicNat(
                Prefix.Parse("100.64.0.0/20"), [Prefix.Parse("198.51.100.1")], portsEach: 1_000)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Each_epoch_answers_for_its_own_time()
    {
        var terms = new IdentityTableOptions
        {
            DeterministicNat =
            [
                new()
                {
                    Inside = Prefix.Parse("100.64.0.0/28"), Outside = [Prefix.Parse("198.51.100.1")],
                    Until = IdentitySamples.Text(500),
                },
                new()
                {
                    Inside = Prefix.Parse("100.64.0.0/28"), Outside = [Prefix.Parse("198.51.100.1")],
                    PortsEach = 1_000, From = IdentitySamples.Text(500),
                },
            ],
        };
        var table = new IdentityTable(terms, IdentitySamples.Clock(1_000));
        var book = new DhcpLeaseTracker(table, new RecordCounters());
        book.Lease(
            Prefix.Parse("100.64.0.0"), new SubscriberLineName("mac:a"), IdentitySamples.Ms(0),
            IdentitySamples.Ms(900));
        book.Lease(
            Prefix.Parse("100.64.0.1"), new SubscriberLineName("mac:b"), IdentitySamples.Ms(0),
            IdentitySamples.Ms(900));

        Assert.Equal("cgnat-needs-port", table.CodeOf("198.51.100.1", 100));
        Assert.Equal("mac:a", table.LineOf("198.51.100.1", 499, 2_500)?.Text);
        Assert.Equal("mac:b", table.LineOf("198.51.100.1", 500, 2_500)?.Text);
        Assert.Equal("no-lease", table.CodeOf("198.51.100.1", 500, 50_000));

        var rows = table.IntakeRows(0, out _)
            .Where(r => r.Network == Prefix.Parse("198.51.100.1") && r.Line.Text == "mac:b")
            .OrderBy(r => r.FromMs).ToList();
        Assert.Equal(
            [(5_056, 9_087, IdentitySamples.Ms(0), IdentitySamples.Ms(500)), (
                2_024, 3_023, IdentitySamples.Ms(500), IdentitySamples.Ms(900))],
            rows.Select(r => ((int)r.PortFrom, (int)r.PortTo, r.FromMs, r.UntilMs)));
    }
}
