// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Hosting.Channels;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Notifying;

/// <summary>What a real mail server takes from us, refuses, and delivers into its mailbox.</summary>
public class MailTests
{
    private static readonly Mail Mail = new()
    {
        From = "Störungsstelle <abuse@isp.test>",
        To = "customer@home.test",
        Subject = "Ihr Anschluß: schädliche Verbindung",
        Plain = "Guten Tag\n.\nfrüher",
        Html = "<p>Guten Tag</p>",
        Language = "de",
        Id = "c-77.found",
        Attachments = [new("xarf.json", "application/json", [.. "{}"u8])],
    };

    [Fact]
    public async Task A_mail_goes_by_STARTTLS_and_AUTH_into_the_mailbox_whole()
    {
        Need.Programs("exim4");
        using var folder = new TempFolder();
        await using var server = new MailServer(folder, FreePort.Tcp());
        await server.StartAsync();

        var proof = await Sender(server).SendAsync(Mail, default);

        Assert.Matches(@"^250 OK id=\S+$", proof);
        var box = await server.UntilDeliveredAsync("Message-ID: <c-77.found@isp.test>");
        Assert.Contains("Auto-Submitted: auto-generated", box, StringComparison.Ordinal);
        Assert.Contains("Guten Tag\n.\nfr=C3=BCher\n", box, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", box, StringComparison.Ordinal);
        Assert.Contains("with esmtpsa", box, StringComparison.Ordinal);
        Assert.Matches("P=esmtpsa X=TLS1.[23].* A=plain", server.Log);
    }

    [Theory]
    [InlineData("gone@home.test", true)]
    [InlineData("later@home.test", false)]
    public async Task What_it_refuses_for_good_and_for_now_is_told_without_the_receiver(string to, bool isForGood)
    {
        Need.Programs("exim4");
        using var folder = new TempFolder();
        await using var server = new MailServer(folder, FreePort.Tcp());
        await server.StartAsync();

        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(server).SendAsync(Mail with { To = to }, default));

        Assert.Equal(isForGood, refused.IsPermanent);
        Assert.DoesNotContain("home.test", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(to.Split('@')[0], refused.Message.Split(' ').Skip(2), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_or_an_unknown_authority_sends_nothing()
    {
        Need.Programs("exim4");
        using var folder = new TempFolder();
        await using var server = new MailServer(folder, FreePort.Tcp());
        await server.StartAsync();

        var wrong = await Assert.ThrowsAsync<ChannelException>(() =>
            Sender(server, o => o with { PasswordFile = folder.File("wrong", "guess") }).SendAsync(Mail, default));
        Assert.Contains("535", wrong.Message, StringComparison.Ordinal);
        Assert.False(wrong.IsPermanent);
        var untrusted = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(server, o => o with { CaFile = null }).SendAsync(Mail, default));
        Assert.Contains("no TLS", untrusted.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(server.Box));
    }

    private static SmtpSender Sender(MailServer server, Func<SmtpOptions, SmtpOptions>? with = null)
    {
        var options = new SmtpOptions
        {
            Host = "localhost",
            Port = server.Port,
            User = "weir",
            PasswordFile = server.PasswordFile,
            CaFile = server.CaFile,
            HelloName = "weir.isp.test"
        };
        return new SmtpSender(with is null ? options : with(options), TimeProvider.System);
    }
}
