// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Alerts;
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Tests.Notifying;

public sealed class AlertOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-notifying-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_sent_by_default() => Assert.Empty(Read("").Channels);

    [Fact]
    public void Every_kind_is_read()
    {
        var key = Write("key", new string('k', 32));
        var notifying = Read(
            $$"""
            notifying:
              smtp: { host: mail.isp.example }
              channels:
                - { name: soc, kind: webhook, url: "https://soc.isp.example/x", key-file: {{key}}, template-file: {{Write("t.json", "{\"a\":\"{{kind}}\"}")}} }
                - { name: siem, kind: syslog, host: siem.isp.example, way: tls, form: cef }
                - { name: desk, kind: mail, from: "Weir <weir@isp.example>", to: "abuse@isp.example" }
                - { name: page, kind: script, program: /bin/true, arguments: ["x"] }
            """);

        Assert.Equal(
            [ChannelKind.Webhook, ChannelKind.Syslog, ChannelKind.Mail, ChannelKind.Script],
            notifying.Channels.Select(c => c.Kind));
        Assert.Equal(4, AlertChannels.Open(notifying, "1", TimeProvider.System).Length);
    }

    [Theory]
    [InlineData("{ name: a, kind: webhook }", "notifying.channels[0].url", "is missing")]
    [InlineData("{ name: a, kind: webhook, url: \"http://soc.example/\" }",
        "notifying.channels[0].url", "is not https")]
    [InlineData("{ name: a, kind: webhook, url: \"https://u:p@soc.example/\" }",
        "notifying.channels[0].url", "carries a user")]
    [InlineData("{ name: a, kind: webhook, url: \"https://soc.example/\", key-file: SHORT }",
        "notifying.channels[0].key-file", "fewer than 32")]
    [InlineData("{ name: a, kind: webhook, url: \"https://soc.example/\", key-file: /nowhere/key }",
        "notifying.channels[0].key-file", "is not there")]
    [InlineData("{ name: a, kind: webhook, url: \"https://soc.example/\", template-file: SHORT }",
        "notifying.channels[0].template-file", "is no JSON")]
    [InlineData("{ name: a, kind: webhook, url: \"https://soc.example/\", host: x.example }",
        "notifying.channels[0].host", "has no use")]
    [InlineData("{ name: a, kind: syslog }", "notifying.channels[0].host", "is missing")]
    [InlineData("{ name: a, kind: mail, from: \"a@b.example\", to: \"a@b.example, c@d.example\" }",
        "notifying.channels[0].to", "no address")]
    [InlineData("{ name: a, kind: mail, from: \"a@b.example\", to: \"c@d.example\" }",
        "notifying.smtp.host", "is missing")]
    [InlineData("{ name: a, kind: script, program: true.sh }", "notifying.channels[0].program", "whole path")]
    [InlineData("{ name: A b, kind: syslog, host: x.example }", "notifying.channels[0].name", "small letters")]
    public void A_channel_that_cannot_work_is_told_with_its_place(string channel, string path, string sentence)
    {
        var faults = Faults($"notifying:\n  channels:\n    - "
            + $"{channel.Replace("SHORT", Write("short", "short{"), StringComparison.Ordinal)}\n");

        Assert.Contains(faults, f =>
            f.StartsWith(path, StringComparison.Ordinal) && f.Contains(sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("user: weir", "password-file", "is missing beside user")]
    [InlineData("user: weir, password-file: /nowhere/p, security: none", "security", "in clear")]
    [InlineData("user: weir, password-file: /nowhere/p", "password-file", "is not there")]
    [InlineData("return-path: \"no address\"", "return-path", "no address")]
    [InlineData("hello-name: \"a b\"", "hello-name", "no name of a machine")]
    public void A_mail_server_that_cannot_work_is_told(string smtp, string key, string sentence)
    {
        var faults = Faults($"notifying:\n  smtp: {{ host: mail.example, {smtp} }}\n");

        Assert.Contains(faults, f => f.StartsWith($"notifying.smtp.{key}", StringComparison.Ordinal)
            && f.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_channels_of_one_name_are_one_too_many() =>
        Assert.Contains(Faults("notifying:\n  channels:\n    - { name: a, kind: syslog, host: x.example }\n    - { "
            + "name: a, kind: syslog, host: y.example }\n"),
            f => f.StartsWith("notifying.channels[1]", StringComparison.Ordinal)
                && f.Contains("repeats a", StringComparison.Ordinal));

    private static List<string> Faults(string yaml) =>
        [.. SectionFaults.Of(ReadAny(yaml), "notifying").Select(f => $"{f.Path} {f.Sentence}")];

    private static AlertOptions Read(string yaml)
    {
        var notifying = ReadAny(yaml);
        Assert.Empty(SectionFaults.Of(notifying, "notifying"));
        return notifying;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static AlertOptions ReadAny(string yaml) =>
        ConfigurationReader.Read<WeirConfiguration>(
            $"attributing: {{networks: [{{prefix: 100.64.0.0/10}}]}}\n{yaml}", _ => null).Value.Notifying;
}
