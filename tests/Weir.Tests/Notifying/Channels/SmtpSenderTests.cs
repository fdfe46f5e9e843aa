// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;

namespace Weir.Tests.Notifying.Channels;

public class SmtpSenderTests
{
    private static readonly Mail Mail = MailWriterTests.Made;

    [Fact]
    public async Task A_mail_goes_out_in_TLS_with_user_and_password_and_its_dots_doubled()
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate);

        var proof = await Sender(station, made).SendAsync(Mail with { Plain = ".first\n.\n..second", Html = "" }, default);

        Assert.Equal("250 2.0.0 Ok: queued as 4F2A", proof);
        Assert.Equal(["EHLO desk.example", "STARTTLS"], station.InClear);
        Assert.Equal(
            [
                "EHLO desk.example", $"AUTH PLAIN {Convert.ToBase64String("\0weir\0secret word"u8)}",
                "MAIL FROM:<abuse@isp.example>", "RCPT TO:<customer@home.example> NOTIFY=FAILURE ORCPT=rfc822;customer@home.example", "DATA", "QUIT"],
            station.Encrypted.Select(l => l.StartsWith("MAIL", StringComparison.Ordinal) ? l.Split(" SIZE")[0] : l));
        Assert.Contains(
            " ENVID=c-0011.found RET=HDRS",
            station.Encrypted.Single(l => l.StartsWith("MAIL", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n..first\r\n..\r\n...second\r\n", Assert.Single(station.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_station_that_knows_only_LOGIN_is_told_that_way()
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate) { Offers = ["STARTTLS", "AUTH LOGIN"] };

        _ = await Sender(station, made).SendAsync(Mail, default);

        Assert.Equal([
            "AUTH LOGIN", Convert.ToBase64String("weir"u8), Convert.ToBase64String("secret word"u8),
            "MAIL FROM:<abuse@isp.example>"], station.Encrypted.Skip(1).Take(4));
    }

    [Theory]
    [InlineData("offers no STARTTLS", "EHLO desk.example")]
    [InlineData("would not begin", "EHLO desk.example|STARTTLS")]
    [InlineData("no TLS with", "EHLO desk.example|STARTTLS")]
    public async Task Where_TLS_is_demanded_and_not_had_nothing_is_said_in_clear(string why, string said)
    {
        using var made = new TestCertificate();
        using var other = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate);
        switch (why)
        {
            case "offers no STARTTLS": station.Offers = ["AUTH PLAIN"]; break;
            case "would not begin": station.Replies["STARTTLS"] = "454 4.7.0 not now"; break;
            default: break;
        }

        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(station, why == "no TLS with" ? other : made).SendAsync(Mail, default));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsPermanent);
        Assert.Equal(said.Split('|'), station.InClear);
        Assert.Empty(station.Mails);
    }

    [Fact]
    public async Task What_somebody_in_between_says_before_TLS_counts_for_nothing()
    {
        using var made = new TestCertificate();
        await using var station =
            new FakeMailServer(made.Certificate) { Injected = "250-made\r\n250 AUTH LOGIN\r\n334 more" };

        Assert.Equal("250 2.0.0 Ok: queued as 4F2A", await Sender(station, made).SendAsync(Mail, default));
        Assert.Equal(["EHLO desk.example", "STARTTLS"], station.InClear);
        Assert.StartsWith("AUTH PLAIN", station.Encrypted[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "MAIL FROM:<abuse@isp.example>")]
    [InlineData("", "MAIL FROM:<>")]
    [InlineData("Bounces <bounces@isp.example>", "MAIL FROM:<bounces@isp.example>")]
    public async Task Failures_are_reported_to_the_return_path(string? path, string said)
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate) { Offers = ["STARTTLS", "AUTH PLAIN"] };

        _ = await Sender(station, made, o => o with { ReturnPath = path }).SendAsync(Mail, default);

        Assert.Contains(said, station.Encrypted);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_any_will_do()
    {
        using var made = new TestCertificate("other.example");
        await using var station = new FakeMailServer(made.Certificate);

        _ = await Assert.ThrowsAsync<ChannelException>(() => Sender(station, made).SendAsync(Mail, default));
        Assert.Empty(station.Mails);
        _ = await Sender(station, made, o => o with { CheckCertificate = false }).SendAsync(Mail, default);
        Assert.Single(station.Mails);
    }

    [Fact]
    public async Task A_password_is_not_said_in_clear_unless_that_is_configured()
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer();
        var inClear = (SmtpOptions o) => o with { Security = SmtpSecurity.None };

        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(station, made, inClear).SendAsync(Mail, default));

        Assert.Contains("in clear", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(station.InClear, l => l.StartsWith("AUTH", StringComparison.Ordinal));
        _ = await Sender(station, made, o => inClear(o) with { AuthInClear = true }).SendAsync(Mail, default);
        Assert.Contains(station.InClear, l => l.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 <customer@home.example>: Recipient unknown", true)]
    [InlineData("RCPT", "450 4.2.0 customer is greylisted", false)]
    [InlineData("MAIL", "552 5.3.4 too large", true)]
    [InlineData("MAIL", "530 5.7.0 authentication required", false)]
    [InlineData("DATA", "554 5.5.1 no", true)]
    [InlineData("DATA", "421 4.3.2 going down", false)]
    [InlineData(".", "554 5.7.1 looks like spam to customer@home.example", true)]
    [InlineData(".", "452 4.3.1 disk full", false)]
    [InlineData("AUTH", "535 5.7.8 bad credentials for weir", false)]
    [InlineData("hello", "554 5.3.2 no service", false)]
    public async Task What_is_refused_for_good_and_what_may_go_later_are_told_apart_and_the_receiver_stands_nowhere(
        string at, string reply, bool isForGood)
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate);
        station.Replies[at] = reply;

        var refused = await Assert.ThrowsAsync<ChannelException>(() => Sender(station, made).SendAsync(Mail, default));

        Assert.Equal(isForGood, refused.IsPermanent);
        Assert.Contains(reply[..3], refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("customer", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("home.example", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_repeats_the_receiver_proves_the_delivery_without_him()
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate);
        station.Replies["."] =
            "250-2.6.0 <c-0011.found@isp.example>\r\n250 2.0.0 queued as 77 for customer@home.example (Customer)";

        Assert.Equal(
            "250 2.6.0 <...> 2.0.0 queued as 77 for <...> (...)", await Sender(station, made).SendAsync(Mail, default));
    }

    [Fact]
    public async Task A_station_that_is_away_says_nothing_or_speaks_something_else_is_tried_later()
    {
        using var made = new TestCertificate();
        await using var station = new FakeMailServer(made.Certificate);
        var port = station.Port;
        station.Replies["hello"] = "HTTP/1.1 400 Bad Request";
        Assert.Contains(
            "is not SMTP",
            (await Assert.ThrowsAsync<ChannelException>(() => Sender(station, made).SendAsync(Mail, default))).Message,
            StringComparison.Ordinal);

        station.Replies["hello"] = "220-half a greeting";
        Assert.Contains(
            "said nothing", (await Assert.ThrowsAsync<ChannelException>(() => Sender(station, made, o => o with
            {
                ReplyTimeout = TimeSpan.FromMilliseconds(300)
            }).SendAsync(Mail, default))).Message, StringComparison.Ordinal);

        await station.DisposeAsync();
        var away = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(station, made, o => o with { Port = port }, port).SendAsync(Mail, default));
        Assert.False(away.IsPermanent);
    }

    [Fact]
    public async Task A_mail_above_what_the_station_takes_is_not_begun()
    {
        using var made = new TestCertificate();
        await using var station =
            new FakeMailServer(made.Certificate) { Offers = ["STARTTLS", "AUTH PLAIN", "SIZE 200"] };

        Assert.True((await Assert.ThrowsAsync<ChannelException>(
            () => Sender(station, made).SendAsync(Mail, default))).IsPermanent);
        Assert.DoesNotContain(station.Encrypted, l => l.StartsWith("MAIL", StringComparison.Ordinal));
    }

    private static SmtpSender Sender(
        FakeMailServer station, TestCertificate made, Func<SmtpOptions, SmtpOptions>? with = null, int? port = null)
    {
        var options = new SmtpOptions
        {
            Host = "127.0.0.1",
            Port = port ?? station.Port,
            User = "weir",
            PasswordFile = made.Write("password", "secret word\n"),
            HelloName = "desk.example",
            CaFile = made.CaFile,
        };
        return new SmtpSender(with is null ? options : with(options), TimeProvider.System);
    }
}
