// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;

namespace Weir.Tests.Vault.Identity;

/// <summary>Lease files of Kea and of ISC's dhcpd, written here as their servers write them.</summary>
public class DhcpLeaseFileTests
{
    private const string Head4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id";
    private const string Head6 = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id";

    private readonly RecordCounters _counters = new();
    private readonly IdentityTable _table = new(new IdentityTableOptions(), IdentitySamples.Clock(5_000));

    [Fact]
    public void A_lease_is_held_from_its_renewal_to_its_end_and_renewals_carry_it_on()
    {
        Kea(
            Head4, Row("198.51.100.7", "02:00:00:00:00:01", 600, 700),
            Row("198.51.100.7", "02:00:00:00:00:01", 600, 1_000), Row("198.51.100.7", "02:00:00:00:00:01", 600, 1_000));

        Assert.Equal("no-lease", _table.CodeOf("198.51.100.7", 99));
        Assert.Equal("mac:020000000001", _table.LineOf("198.51.100.7", 100)?.Text);
        Assert.Equal("confirmed", _table.CodeOf("198.51.100.7", 999));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.7", 1_000));
        Assert.Equal((3, 2, 1), (_counters.Received, _counters.Applied, _counters.Stale));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_client_that_follows_another_breaks_the_others_promise_where_nothing_said_when()
    {
        Kea(Head4, Row("198.51.100.7", "02:00:00:00:00:01", 600, 700), Row(
            "198.51.100.7", "02:00:00:00:00:02", 600, 1_000));

        Assert.Equal("confirmed", _table.CodeOf("198.51.100.7", 100));
        Assert.Equal("lost-stop", _table.CodeOf("198.51.100.7", 300));
        Assert.Equal("mac:020000000002", _table.LineOf("198.51.100.7", 400)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.7", 1_001));
    }

    [Fact]
    public void A_lease_given_back_was_held_until_the_file_was_last_looked_at()
    {
        var taker = new KeaDhcpLeases(new DhcpLeaseTracker(_table, _counters), _counters, IdentitySamples.Naming);
        taker.HandleLine(Head4, IdentitySamples.Ms(150), long.MinValue);
        taker.HandleLine(Row("198.51.100.7", "02:00:00:00:00:01", 600, 700), IdentitySamples.Ms(150), long.MinValue);
        taker.HandleLine(
            Row("198.51.100.7", "02:00:00:00:00:01", 0, 100), IdentitySamples.Ms(305), IdentitySamples.Ms(300));

        Assert.Equal("confirmed", _table.CodeOf("198.51.100.7", 299));
        Assert.Equal("presumed", _table.CodeOf("198.51.100.7", 302));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.7", 306));
    }

    [Fact]
    public void A_lease_without_end_goes_on()
    {
        Kea(
            Head4,
            $"198.51.100.7,02:00:00:00:00:01,,4294967295,{IdentitySamples.Zero + 100 + uint.MaxValue},1,0,0,,0,,0");
        Assert.Equal("confirmed", _table.CodeOf("198.51.100.7", 5_000));
    }

    [Fact]
    public void A_delegated_prefix_and_a_declined_address_are_what_they_are()
    {
        Kea(
            Head6,
            $"2001:db8:7000::,00:01:00:01,600,{IdentitySamples.Zero + 700},1,300,2,7,56,0,0,,,0,,1,0,0",
            $"2001:db8::7,00:01:00:02,600,{IdentitySamples.Zero + 700},1,300,0,7,128,0,0,,,0,,1,0,0",
            $"2001:db8::7,,600,{IdentitySamples.Zero + 900},1,300,0,7,128,0,0,,,1,,1,0,0");

        Assert.Equal("duid:00010001", _table.LineOf("2001:db8:7000:12::1", 200)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("2001:db8:7000:100::1", 200));
        Assert.Equal("duid:00010002", _table.LineOf("2001:db8::7", 200)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("2001:db8::7", 400));
    }

    [Fact]
    public void The_relays_circuit_names_the_line_before_the_client_does()
    {
        // Option 82: sub-option 1, the circuit id "ge-1/2".
        Kea(Head4, $$"""198.51.100.7,02:00:00:00:00:01,01:02,600,{{IdentitySamples.Zero + 700}},1,0,0,,0,{ "ISC": { "relay-agent-info": { "sub-options": "0x010667652D312F32"&#x2c "relay-id": "01" } } },0""");

        Assert.Equal("circuit:ge-1/2", _table.LineOf("198.51.100.7", 200)?.Text);
    }

    [Fact]
    public void Blocks_of_dhcpd_are_leases_and_their_states_end_them()
    {
        Isc($$"""
            # a remark
            server-duid "\000\001";
            lease 198.51.100.7 {
              starts epoch {{IdentitySamples.Zero + 100}}; # Sun Jan 11 00:01:40 1970
              ends epoch {{IdentitySamples.Zero + 700}};
              cltt epoch {{IdentitySamples.Zero + 100}};
              binding state active;
              next binding state free;
              hardware ethernet 2:0:0:0:0:1;
              uid "\001\002\000ab";
            }
            lease 198.51.100.8 {
              starts 0 1970/01/11 00:01:40;
              ends 0 1970/01/11 00:11:40;
              binding state active;
              hardware ethernet 02:00:00:00:00:02;
              option agent.circuit-id "ge-1/2";
            }
            lease 198.51.100.7 {
              starts epoch {{IdentitySamples.Zero + 100}};
              ends epoch {{IdentitySamples.Zero + 400}};
              binding state released;
              hardware ethernet 02:00:00:00:00:01;
              uid "\001\002\000ab";
            }
            lease 198.51.100.9 {
              starts epoch {{IdentitySamples.Zero + 100}};
            }
            """);

        Assert.Equal("client:0102006162", _table.LineOf("198.51.100.7", 399)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.7", 401));
        Assert.Equal("circuit:ge-1/2", _table.LineOf("198.51.100.8", 699)?.Text);
        Assert.Equal((4, 3, 1), (_counters.Received, _counters.Applied, _counters.Malformed));
    }

    [Fact]
    public void Associations_of_dhcpd6_name_addresses_and_prefixes_by_the_clients_id()
    {
        // IAID 1, then a DUID of a link-layer address (00:01:00:01 …).
        Isc($$"""
            authoring-byte-order little-endian;
            server-duid "\000\001\000\001";

            ia-na "\001\000\000\000\000\001\000\001ab" {
              cltt epoch {{IdentitySamples.Zero + 100}}; # Sun Jan 11 00:01:40 1970
              iaaddr 2001:db8::7 {
                binding state active;
                preferred-life 300;
                max-life 600;
                ends epoch {{IdentitySamples.Zero + 700}};
                set ddns-fwd-name = "a.example";
              }
              iaaddr 2001:db8::8 {
                binding state active;
                max-life 600;
                ends 0 1970/01/11 00:11:40;
              }
            }

            ia-pd "\002\000\000\000\000\003\000\001cd" {
              iaprefix 2001:db8:7000::/56 {
                binding state active;
                preferred-life 300;
                max-life 600;
                ends epoch {{IdentitySamples.Zero + 700}};
              }
            }

            ia-na "\001\000\000\000\000\001\000\001ab" {
              cltt epoch {{IdentitySamples.Zero + 400}};
              iaaddr 2001:db8::7 {
                binding state released;
                preferred-life 300;
                max-life 600;
                ends epoch {{IdentitySamples.Zero + 700}};
              }
            }

            ia-na "x" {
              cltt epoch {{IdentitySamples.Zero + 100}};
              iaaddr 2001:db8::9 {
                binding state active;
                ends epoch {{IdentitySamples.Zero + 700}};
              }
            }
            ia-ta "\001\000\000\000\000\001\000\001ef" {
              iaaddr 2001:db8::10 {
                binding state active;
            """);

        Assert.Equal("duid:000100016162", _table.LineOf("2001:db8::7", 399)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("2001:db8::7", 401));
        Assert.Equal("duid:000100016162", _table.LineOf("2001:db8::8", 699)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("2001:db8::8", 99));
        Assert.Equal("duid:000300016364", _table.LineOf("2001:db8:7000:12::1", 101)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("2001:db8:7000:100::1", 200));
        Assert.Equal("no-lease", _table.CodeOf("2001:db8::9", 200));
        Assert.Equal((5, 4, 1), (_counters.Received, _counters.Applied, _counters.Ignored));
    }

    [Property(MaxTest = 200)]
    public void Lines_of_any_kind_never_throw_and_are_counted(string line, byte cut)
    {
        var row = Row("198.51.100.7", "02:00:00:00:00:01", 600, 700);
        foreach (var taker in (ITextLineHandler[])[
            new KeaDhcpLeases(new DhcpLeaseTracker(_table, _counters), _counters, IdentitySamples.Naming),
            new IscDhcpLeases(new DhcpLeaseTracker(_table, _counters), _counters, IdentitySamples.Naming)])
        {
            foreach (var text in (string[])[
                Head4, line ?? "", row[..(cut % row.Length)], "lease 198.51.100.7 {", line ?? "", "}",
                $"ia-pd \"{line}\" {{", line ?? "", $"iaprefix {line}/56 {{", line ?? "", "}", "}"])
            {
                taker.HandleLine(text, IdentitySamples.Ms(0), long.MinValue);
            }
        }

        Assert.Equal(_counters.Received, _counters.Ended);
    }

    private static string Row(string address, string mac, int lifetime, int expire) =>
        $"{address},{mac},,{lifetime},{IdentitySamples.Zero + expire},1,0,0,,0,,0";

    private void Kea(params string[] lines) =>
        Feed(new KeaDhcpLeases(new DhcpLeaseTracker(_table, _counters), _counters, IdentitySamples.Naming), lines);

    private void Isc(string text) => Feed(
        new IscDhcpLeases(new DhcpLeaseTracker(_table, _counters), _counters, IdentitySamples.Naming),
        text.Split('\n'));

    private void Feed(ITextLineHandler taker, string[] lines)
    {
        taker.Begin();
        foreach (var line in lines)
        {
            taker.HandleLine(line, IdentitySamples.Ms(5_000), long.MinValue);
        }

        Assert.Equal(_counters.Received, _counters.Ended);
    }
}
