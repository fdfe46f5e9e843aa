// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;
using Weir.Vault;
using Weir.Vault.Notifying;

namespace Weir.Tests.Cli.Configuring;

public sealed class VaultNoticeRulesTests
{
    private static readonly NoticeDeliveryOptions Mail = new()
    {
        Channel = NoticeChannel.Mail,
        Provider = "P",
        Phone = "1",
        Page = new Uri("https://example.net"),
        Mail = new NoticeMailOptions { From = "Abuse desk <abuse@example.net>", Host = "localhost" },
    };

    [Fact]
    public void Nothing_and_all_are_sound()
    {
        Assert.Empty(Faults(null, new NoticeDeliveryOptions()));
        Assert.Empty(Faults("contacts.csv", Mail));
        Assert.Empty(Faults("contacts.csv", new NoticeDeliveryOptions()));
    }

    [Fact]
    public void What_a_notice_needs_is_asked_for_by_name()
    {
        Assert.Equal(["vault.contacts"], Faults(null, Mail));
        Assert.Equal(["vault.contacts"], Faults(" ", new NoticeDeliveryOptions()));
        Assert.Equal([
            "vault.notices.provider", "vault.notices.phone", "vault.notices.page", "vault.notices.mail.from",
            "vault.notices.mail.host"], Faults("c", new NoticeDeliveryOptions { Channel = NoticeChannel.Mail }));
        Assert.Equal(["vault.notices.webhook.address"], Faults("c", Mail with { Channel = NoticeChannel.Webhook }));
        Assert.Equal(["vault.notices.script.program"], Faults("c", Mail with { Channel = NoticeChannel.Script }));
        Assert.Equal(["vault.notices.mail.from"], Faults("c", Mail with { Mail = Mail.Mail with { From = "nobody" } }));
        Assert.Equal(
            ["vault.notices.mail.password-file"], Faults("c", Mail with { Mail = Mail.Mail with { User = "weir" } }));
    }

    private static IEnumerable<string> Faults(string? contacts, NoticeDeliveryOptions notices) =>
        SectionFaults.Of(new VaultOptions { Contacts = contacts, Notices = notices }, "vault")
            .Select(fault => fault.Path);
}
