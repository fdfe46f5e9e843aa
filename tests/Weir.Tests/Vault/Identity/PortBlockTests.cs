// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using FsCheck.Xunit;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>Port blocks as files, syslog lines and export records; the address plan; detail files.</summary>
public class PortBlockTests
{
    private readonly RecordCounters _counters = new();
    private readonly IdentityTable _table = new(new IdentityTableOptions(), IdentitySamples.Clock(5_000));

    public PortBlockTests() => new DhcpLeaseTracker(_table, new RecordCounters()).Lease(
        Prefix.Parse("100.64.0.7"), new SubscriberLineName("mac:a"), IdentitySamples.Ms(0), IdentitySamples.Ms(4_000));

    [Fact]
    public void A_table_of_blocks_is_read_by_the_names_of_its_columns()
    {
        Feed(
            new PortBlockCsv(new PortBlockTracker(_table, _counters), _counters, IdentitySamples.Naming),
            "Public IP,Start Port,Block Size,Private IP,From,Until",
            "198.51.100.1,1024,512,100.64.0.7,1970-01-11T00:01:40Z,1970-01-11T00:05:00Z",
            "198.51.100.1,1024,0,100.64.0.7,1970-01-11T00:01:40Z,",
            "198.51.100.1,65000,1000,100.64.0.7,1970-01-11T00:01:40Z,",
            "nonsense");

        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 1_535)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 200, 1_536));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 400, 1_535));
        Assert.Equal((5, 2, 3), (_counters.Received, _counters.Applied, _counters.Malformed));
    }

    [Fact]
    public void A_table_of_events_may_name_the_customer_itself()
    {
        Feed(
            new PortBlockCsv(new PortBlockTracker(_table, _counters), _counters, IdentitySamples.Naming),
            "time,event,outside_ip,port_start,port_end,customer_id",
            $"{IdentitySamples.Zero + 100},alloc,198.51.100.1,1024,2047,\"C,17\"",
            $"{IdentitySamples.Zero + 300},release,198.51.100.1,1024,2047,\"C,17\"",
            $"{IdentitySamples.Zero + 300},whatever,198.51.100.1,1024,2047,C17");

        Assert.Equal("customer:C,17", _table.LineOf("198.51.100.1", 200, 1_535)?.Text);
        Assert.Equal((3, 2, 1), (_counters.Received, _counters.Applied, _counters.Malformed));
    }

    [Theory]
    [InlineData(16, 17)]
    [InlineData(14, 15)]
    [InlineData(10, 11)]
    [InlineData(4, 5)]
    public void A_table_of_events_may_tell_them_by_their_number(int given, int taken)
    {
        Feed(
            new PortBlockCsv(new PortBlockTracker(_table, _counters), _counters, IdentitySamples.Naming),
            "time,nat_event,outside_ip,port_start,port_end,inside_ip",
            $"{IdentitySamples.Zero + 100},{given},198.51.100.1,1024,2047,100.64.0.7",
            $"{IdentitySamples.Zero + 300},{taken},198.51.100.1,1024,2047,100.64.0.7");

        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 1_535)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 400, 1_535));
    }

    [Theory]
    [InlineData("<14>1 1970-01-11T00:01:40Z box nat - - - NAT-PBA-ALLOC: inside=100.64.0.7 "
        + "outside=198.51.100.1 ports=1024-2047", "<14>1 1970-01-11T00:05:00Z box nat - - - NAT-PBA-RELEASE: "
            + "inside=100.64.0.7 outside=198.51.100.1 ports=1024-2047")]
    [InlineData("Jan 11 00:01:40 box natd: PORT_BLOCK_ALLOC: 100.64.0.7 -> 198.51.100.1:1024-2047",
        "Jan 11 00:05:00 box natd: PORT_BLOCK_RELEASE: 100.64.0.7 -> 198.51.100.1:1024-2047")]
    [InlineData("<14>1 1970-01-11T00:01:40Z box RT_NAT - - - RT_NAT: RT_SRC_NAT_PBA_ALLOC: Subscriber 100.64.0.7 "
        + "used/maximum [1/2] blocks, allocates port block [1024-2047] from 198.51.100.1 in source pool p lsys_id: 0",
        "<14>1 1970-01-11T00:05:00Z box RT_NAT - - - RT_NAT: RT_SRC_NAT_PBA_RELEASE: Subscriber 100.64.0.7 "
        + "used/maximum [0/2] blocks, releases port block [1024-2047] from 198.51.100.1 in source pool p lsys_id: 0")]
    [InlineData("1970-01-11 00:01:40 box Port block assigned to 100.64.0.7 from 198.51.100.1 ports 1024 to 2047",
        "1970-01-11 00:05:00 box Port block freed by 100.64.0.7 from 198.51.100.1 ports 1024 to 2047")]
    public void Syslog_lines_of_the_built_in_forms_are_blocks(string given, string taken)
    {
        Feed(
            new SyslogPortBlocks(
                new PortBlockTracker(_table, _counters), _counters, IdentitySamples.Naming, SyslogPattern.BuiltIn,
                live: false),
            given, taken, "Jan 11 00:01:40 box sshd: something else");

        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 1_500)?.Text);
        Assert.Equal("confirmed", _table.CodeOf("198.51.100.1", 299, 1_500));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 301, 1_500));
        Assert.Equal((3, 2, 1), (_counters.Received, _counters.Applied, _counters.Ignored));
    }

    [Fact]
    public void A_form_of_ones_own_is_a_pattern_and_a_wrong_pattern_is_refused_with_the_mend()
    {
        var own = new SyslogPattern("ours", @"@(?<time>\d+) ((?<alloc>GIVE)|(?<release>TAKE)) (?<line>\S+) (?<outside>[\d.]+) (?<first>\d+)\+(?<size>\d+)");
        Feed(
            new SyslogPortBlocks(
                new PortBlockTracker(_table, _counters), _counters, IdentitySamples.Naming, [own], live: false),
            $"@{IdentitySamples.Zero + 100} GIVE C17 198.51.100.1 1024+64",
            $"@{IdentitySamples.Zero + 300} TAKE C17 198.51.100.1 1024+64");

        Assert.Equal("customer:C17", _table.LineOf("198.51.100.1", 200, 1_087)?.Text);
        Assert.Contains(
            "needs groups", Assert.Throws<IdentityException>(() => new SyslogPattern("bad", "(?<outside>x)")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "no regular expression", Assert.Throws<IdentityException>(() => new SyslogPattern("bad", "(")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Export_records_of_a_translator_are_blocks()
    {
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, [Prefix.Parse("192.0.2.0/24")]);
        var given = Message(14, 100);
        var taken = Message(15, 300);
        intake.Handle(given, IpKey.Parse("203.0.113.1"), IdentitySamples.Ms(100));
        Assert.Equal((1, 1), (_counters.Received, _counters.Ignored));

        intake.Handle(given, IdentitySamples.Nas, IdentitySamples.Ms(100));
        Assert.Equal("presumed", _table.CodeOf("198.51.100.1", 200, 1_500));
        intake.Handle(taken, IdentitySamples.Nas, IdentitySamples.Ms(300));

        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 1_500)?.Text);
        Assert.Equal("confirmed", _table.CodeOf("198.51.100.1", 200, 1_500));
        Assert.Equal((3, 2), (_counters.Received, _counters.Applied));

        // A record without an outside address, and a message of which half is missing.
        intake.Handle(Message(14, 400, outside: "0.0.0.0"), IdentitySamples.Nas, IdentitySamples.Ms(400));
        intake.Handle(given.AsSpan(0, given.Length / 2), IdentitySamples.Nas, IdentitySamples.Ms(400));
        Assert.Equal(_counters.Received, _counters.Ended);
        Assert.Equal(1, _counters.Malformed);
    }

    /// <summary>IANA "NAT Event Type", RFC 8158 §4.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 5)]
    [InlineData(8, 9)]
    [InlineData(10, 11)]
    [InlineData(14, 15)]
    [InlineData(16, 17)]
    public void A_block_is_given_and_taken_by_the_numbers_of_the_registry(byte give, byte take)
    {
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        intake.Handle(Message(give, 100), IdentitySamples.Nas, IdentitySamples.Ms(100));
        intake.Handle(Message(take, 300), IdentitySamples.Nas, IdentitySamples.Ms(300));

        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 1_500)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 200, 2_048));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 301, 1_500));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(18)]
    public void What_neither_gives_nor_takes_names_nobody(byte kind)
    {
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        intake.Handle(Message(kind, 100), IdentitySamples.Nas, IdentitySamples.Ms(100));

        Assert.Equal("no-lease", _table.CodeOf("198.51.100.1", 200, 1_500));
        Assert.Equal((1, 1), (_counters.Received, _counters.Ignored));
    }

    [Fact]
    public void An_address_bound_whole_has_every_port_and_ports_that_lie_apart_are_a_block_each()
    {
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        intake.Handle(Export([(230, 1), (8, 4), (225, 4), (323, 8)], [14, 100, 64, 0, 7, 198, 51, 100, 1, .. At(100)]),
            IdentitySamples.Nas, IdentitySamples.Ms(100));
        Assert.Equal("mac:a", _table.LineOf("198.51.100.1", 200, 65_000)?.Text);

        intake.Handle(
            Export(
                [(230, 1), (8, 4), (225, 4), (361, 2), (364, 2), (363, 2), (323, 8)],
                [16, 100, 64, 0, 7, 198, 51, 100, 2, .. Two(1_024), .. Two(4), .. Two(8), .. At(100)]),
            IdentitySamples.Nas, IdentitySamples.Ms(100));
        Assert.Equal("mac:a", _table.LineOf("198.51.100.2", 200, 1_048)?.Text);
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.2", 200, 1_049));
        Assert.Equal(_counters.Received, _counters.Ended);
    }

    /// <summary>RFC 8158: of a session from outside the source is the remote end, and what was translated is its
    /// destination. Nobody is named by the remote's address.</summary>
    [Fact]
    public void A_session_that_the_outside_opened_names_whom_it_reached()
    {
        new DhcpLeaseTracker(_table, new RecordCounters()).Lease(
            Prefix.Parse("203.0.113.9"), new SubscriberLineName("mac:remote"), IdentitySamples.Ms(0),
            IdentitySamples.Ms(4_000));
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        (ushort, ushort)[] fields =
            [(230, 1), (229, 1), (8, 4), (225, 4), (227, 2), (12, 4), (226, 4), (11, 2), (4, 1), (323, 8)];
        byte[] Session(byte realm, ushort port) =>
        [
            4, realm, 203, 0, 113, 9, 203, 0, 113, 9, .. Two(port), 198, 51, 100, 1, 100, 64, 0, 7, .. Two(40_001), 6,
            .. At(100),
        ];
        intake.Handle(Export(fields, Session(2, 50_000)), IdentitySamples.Nas, IdentitySamples.Ms(100));
        intake.Handle(
            Export([(230, 1), (229, 1), (8, 4), (225, 4), (227, 2), (323, 8)],
                [4, 2, 203, 0, 113, 9, 203, 0, 113, 9, .. Two(50_001), .. At(100)]),
            IdentitySamples.Nas, IdentitySamples.Ms(100));

        string? Of(string address, ushort port) => _table.WhoHad(
            IpKey.Parse(address), port, IdentitySamples.Ms(100), 6) is IdentityAnswer.Line line ? line.Name.Text : null;
        Assert.Equal("mac:a", Of("198.51.100.1", 40_001));
        Assert.Null(Of("198.51.100.1", 50_000));
        Assert.Equal((2, 1, 1), (_counters.Received, _counters.Applied, _counters.Malformed));
    }

    [Fact]
    public void One_port_of_two_protocols_is_of_two_lines_and_without_the_protocol_of_nobody()
    {
        new DhcpLeaseTracker(_table, new RecordCounters()).Lease(
            Prefix.Parse("100.64.0.8"), new SubscriberLineName("mac:b"), IdentitySamples.Ms(0), IdentitySamples.Ms(4_000));
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        (ushort, ushort)[] fields = [(230, 1), (8, 4), (225, 4), (4, 1), (227, 2), (323, 8)];
        foreach (var (host, protocol) in ((byte, byte)[])[(7, 6), (8, 17)])
        {
            intake.Handle(
                Export(fields, [4, 100, 64, 0, host, 198, 51, 100, 1, protocol, .. Two(40_000), .. At(100)]),
                IdentitySamples.Nas, IdentitySamples.Ms(100));
        }

        string? Of(byte protocol) => _table.WhoHad(
            IpKey.Parse("198.51.100.1"), 40_000, IdentitySamples.Ms(100), protocol) is IdentityAnswer.Line line
                ? line.Name.Text : null;
        Assert.Equal(("mac:a", "mac:b", null), (Of(6), Of(17), Of(0)));
        Assert.Equal(2, _counters.Applied);
    }

    [Property(MaxTest = 300)]
    public void Export_messages_of_any_kind_never_throw_and_are_counted(byte[] octets, ushort flip)
    {
        var intake = new NatIntake(new PortBlockTracker(_table, _counters), _counters, []);
        var message = Message(14, 100);
        message[flip % message.Length] ^= (byte)(flip >> 8);
        intake.Handle(octets ?? [], IdentitySamples.Nas, IdentitySamples.Ms(100));
        intake.Handle(message, IdentitySamples.Nas, IdentitySamples.Ms(100));
        Assert.Equal(_counters.Received, _counters.Ended);
    }

    [Property(MaxTest = 200)]
    public void Lines_of_any_kind_never_throw_and_are_counted(string line, byte cut)
    {
        var accounting = new RadiusCounters();
        var book = new PortBlockTracker(_table, _counters);
        const string Syslog = "Jan 11 00:01:40 box natd: PORT_BLOCK_ALLOC: 100.64.0.7 -> 198.51.100.1:1024-2047";
        (ITextLineHandler Taker, string Head, string Row)[] takers =
        [
            (
                new PortBlockCsv(book, _counters, IdentitySamples.Naming),
                "time,event,outside_ip,port_start,port_end,customer_id",
                $"{IdentitySamples.Zero + 100},alloc,198.51.100.1,1024,2047,C17"),
            (
                new SyslogPortBlocks(book, _counters, IdentitySamples.Naming, SyslogPattern.BuiltIn, live: true),
                "", Syslog),
            (
                new RadiusDetail(
                    new RadiusSessions(_table, new RadiusOptions(), accounting), SubscriberLineAttribute.Class,
                    IdentitySamples.Naming, accounting),
                "Sun Jan 11 00:01:40 1970", "\tFramed-IPv6-Prefix = 2001:db8::/64"),
        ];
        foreach (var (taker, head, row) in takers)
        {
            foreach (var text in (string[])[
                head, line ?? "", row[..(cut % row.Length)], "\t" + line + " = " + line, row + line, ""])
            {
                taker.HandleLine(text, IdentitySamples.Ms(0), long.MinValue);
            }
        }

        _ = AddressPlanCsv.Read(
            ["prefix,customer,from,until", line ?? "", $"203.0.113.0/28,{line},{line},{line}"], "plan",
            IdentitySamples.Naming, _counters);
        Assert.Equal(_counters.Received, _counters.Ended);
        Assert.Equal(accounting.Received, accounting.Ended);
    }

    [Fact]
    public void The_address_plan_has_customers_with_and_without_times()
    {
        var plan = AddressPlanCsv.Read(
            [
                "prefix,customer,valid_from,valid_until", "203.0.113.0/28,C1,,",
                "203.0.113.0/29,C2,1970-01-11,1970-01-12", "203.0.113.1/28,C3,,", "203.0.113.64/28,,,",
                "2001:db8:5::/48,C4,,",
            ],
            "plan", IdentitySamples.Naming, _counters);
        _table.Replace(plan);

        Assert.Equal("customer:C2", _table.LineOf("203.0.113.7", 10)?.Text);
        Assert.Equal("customer:C1", _table.LineOf("203.0.113.8", 10)?.Text);
        Assert.Equal("customer:C4", _table.LineOf("2001:db8:5:9::1", 10)?.Text);
        Assert.Equal((5, 3, 2), (_counters.Received, _counters.Applied, _counters.Malformed));
        Assert.Contains("no column", Assert.Throws<IdentityException>(() => AddressPlanCsv.Read(
            ["a,b"], "plan", IdentitySamples.Naming, _counters)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detail_file_is_accounting_too()
    {
        var counters = new RadiusCounters();
        var sessions = new RadiusSessions(_table, new RadiusOptions(), counters);
        Feed(
            new RadiusDetail(sessions, SubscriberLineAttribute.UserName, IdentitySamples.Naming, counters),
            "Sun Jan 11 00:01:40 1970", "\tUser-Name = \"alice\"", "\tAcct-Status-Type = Start",
            "\tAcct-Session-Id = \"s1\"", "\tNAS-IP-Address = 192.0.2.1", "\tFramed-IP-Address = 203.0.113.9",
            "\tFramed-IPv6-Prefix = 2001:db8:1:2::/64", $"\tTimestamp = {IdentitySamples.Zero + 100}", "",
            "Sun Jan 11 00:05:00 1970", "\tUser-Name = \"alice\"", "\tAcct-Status-Type = Stop",
            "\tAcct-Session-Id = \"s1\"", "\tNAS-IP-Address = 192.0.2.1", "\tFramed-IP-Address = 203.0.113.9",
            "\tEvent-Timestamp = \"Jan 11 1970 00:05:00 UTC\"", $"\tTimestamp = {IdentitySamples.Zero + 301}", "",
            "Sun Jan 11 00:05:00 1970", "\tAcct-Status-Type = Stop", "");

        Assert.Equal(IdentitySamples.User("alice"), _table.LineOf("203.0.113.9", 200));
        Assert.Equal(IdentitySamples.User("alice"), _table.LineOf("2001:db8:1:2::9", 100));
        Assert.Equal("no-lease", _table.CodeOf("203.0.113.9", 301));
        Assert.Equal((3, 2, 1), (counters.Received, counters.Applied, counters.Malformed));
    }

    [Fact]
    public void No_address_of_ones_own_is_none_in_a_detail_file_as_in_a_packet()
    {
        var counters = new RadiusCounters();
        var sessions = new RadiusSessions(_table, new RadiusOptions(), counters);
        string[] Record(string status, string address, int second) =>
        [
            "Sun Jan 11 00:01:40 1970", "\tUser-Name = \"ann\"", $"\tAcct-Status-Type = {status}",
            "\tAcct-Session-Id = \"s1\"", "\tNAS-IP-Address = 192.0.2.1", $"\tFramed-IP-Address = {address}",
            $"\tTimestamp = {IdentitySamples.Zero + second}", "",
        ];
        Feed(
            new RadiusDetail(sessions, SubscriberLineAttribute.UserName, IdentitySamples.Naming, counters),
            [.. Record("Start", "198.51.100.50", 100), .. Record("Interim-Update", "0.0.0.0", 200),
                .. Record("Interim-Update", "255.255.255.254", 250), .. Record("Stop", "198.51.100.50", 300)]);

        Assert.All([150, 220, 280], at => Assert.Equal(
            IdentitySamples.User("ann"), _table.LineOf("198.51.100.50", at)));
        Assert.Equal("no-lease", _table.CodeOf("0.0.0.0", 220));
        Assert.Equal((4, 4), (counters.Received, counters.Applied));
    }

    private void Feed(ITextLineHandler taker, params string[] lines)
    {
        taker.Begin();
        foreach (var line in lines)
        {
            taker.HandleLine(line, IdentitySamples.Ms(5_000), long.MinValue);
        }

        Assert.Equal(_counters.Received, _counters.Ended);
    }

    /// <summary>An IPFIX message with a template and one record: natEvent, inside, outside, first and last port, time
    /// in milliseconds.</summary>
    private static byte[] Message(byte kind, double second, string outside = "198.51.100.1")
    {
        byte[] record = [kind, 100, 64, 0, 7, .. IpKey.Parse(outside)
            .ToIPAddress().GetAddressBytes(), .. Two(1024), .. Two(2047), .. At(second)];
        return Export([(230, 1), (8, 4), (225, 4), (361, 2), (362, 2), (323, 8)], record);
    }

    private static byte[] At(double second)
    {
        var at = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(at, IdentitySamples.Ms(second));
        return at;
    }

    private static byte[] Export((ushort Id, ushort Octets)[] fields, byte[] record)
    {
        byte[] template = [
            .. Two(2), .. Two((ushort)(8 + (fields.Length * 4))), .. Two(256), .. Two((ushort)fields.Length),
            .. fields.SelectMany(f => (byte[])[.. Two(f.Id), .. Two(f.Octets)])];
        byte[] data = [.. Two(256), .. Two((ushort)(4 + record.Length)), .. record];
        var length = 16 + template.Length + data.Length;
        return [.. Two(10), .. Two((ushort)length), .. new byte[12], .. template, .. data];
    }

    private static byte[] Two(ushort value) => [(byte)(value >> 8), (byte)value];
}
