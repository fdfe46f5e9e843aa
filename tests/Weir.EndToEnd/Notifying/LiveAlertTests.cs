// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Files;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Notifying;

/// <summary>Alerts of the real program: a storm of cases, a web server that fails first, a collector of syslog, a mail
/// server that is away, and Weir killed between.</summary>
public sealed class LiveAlertTests : IDisposable
{
    private const string Analyst = "daemon";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Run", "prove")]
    [Trait("Part", "stories")]
    [Fact]
    public async Task Cases_are_told_by_every_channel_once_a_storm_is_a_digest_and_a_kill_loses_nothing()
    {
        Need.OtherUsers();
        Need.Programs("exim4", "rsyslogd");
        var key = Encoding.ASCII.GetBytes(new string('k', 40));
        KeyFile.Write(_folder.At("soc.key"), key);
        await using var soc = await WebhookServer.StartAsync(key, failures: 3);
        await using var siem = new SyslogServer(_folder);
        await siem.StartAsync();
        await using var desk = new MailServer(_folder, FreePort.Tcp());
        var place = await ServeFixture.MakeMailAsync(_folder, Configuration(soc, siem, desk));

        string digest;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var tried = await WeirProcess.RunAsync("notify", "test", "soc", "--socket", place.Control);
            Assert.Equal(1, tried.ExitCode);
            Assert.Contains("503", tried.Error, StringComparison.Ordinal);

            var refused = await OtherUser.RunAsync(Analyst, "notify", "test", "soc", "--socket", place.Control);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("role-may-not", refused.Error, StringComparison.Ordinal);
            Assert.Contains(AuditReader.Entries(place.Audit), e => e.Entry.Actor == Analyst
                && e.Entry.Act == AuditActions.TestChannel && e.Entry.Outcome == "role-may-not");

            _ = await place.SendAsync("sent");
            await weir.UntilAsync("a digest came by webhook", () => Task.FromResult(soc.OfKind("digest").Any()));
            digest = soc.OfKind("digest").First().GetProperty("id").GetString()!;
            _ = await siem.LineAsync($"id=\"{digest}\"");
            Assert.Equal(3, soc.Failed);
            await weir.UntilAsync("every case is told of, by itself or by number", async () =>
            {
                var cases = await WeirProcess.RunAsync("case", "list", "--socket", place.Control, "-o", "ndjson");
                return cases.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
                    == soc.OfKind("case-opened").Count() + soc.OfKind("digest").Sum(Cases);
            });
            Assert.Contains(soc.OfKind("digest"), d => Cases(d) > 0);
            foreach (var told in soc.OfKind("case-opened"))
            {
                Assert.Contains(
                    $"case=\"{told.GetProperty("case").GetString()}\"",
                    await siem.LineAsync($"id=\"{told.GetProperty("id").GetString()}\""), StringComparison.Ordinal);
            }

            await weir.UntilAsync("the mail server was missed", async () => (await weir.MetricsAsync()).Any(
                m => m.Key.StartsWith("weir_notifying_failures", StringComparison.Ordinal)
                    && m.Key.Contains("desk", StringComparison.Ordinal) && m.Value > 0));
            await AddsUpAsync(weir);
            await weir.KillAsync();
        }

        Assert.False(File.Exists(desk.Box));
        await desk.StartAsync();
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            _ = await desk.UntilDeliveredAsync($"Message-ID: <alert-{digest}@isp.test>");
            await weir.UntilAsync(
                "nothing waits", async () => await weir.SumAsync("weir_notifying_alerts_waiting") == 0);
            await AddsUpAsync(weir);

            var tried = await WeirProcess.RunAsync("notify", "test", "desk", "--socket", place.Control);
            Assert.True(tried.ExitCode == 0, tried.Error);
            _ = await desk.UntilDeliveredAsync("Message-ID: <alert-test-");
            foreach (var told in soc.OfKind("case-opened").Append(soc.OfKind("digest").First()))
            {
                var id = told.GetProperty("id").GetString()!;
                _ = await desk.UntilDeliveredAsync($"Message-ID: <alert-{id}@isp.test>");
                Assert.Single(Regex.Matches(
                    await File.ReadAllTextAsync(desk.Box), Regex.Escape($"Message-ID: <alert-{id}@isp.test>")));
                Assert.Single(soc.Taken, t => t.GetProperty("id").GetString() == id);
                Assert.Equal(1, siem.Count($"id=\"{id}\""));
            }

            var shown = await WeirProcess.RunAsync("notify", "channels", "--socket", place.Control, "-o", "csv");
            Assert.True(shown.ExitCode == 0, shown.Out + shown.Error);
            Assert.Equal(4, shown.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }

        Assert.Equal(0, soc.Forged);
        Assert.Equal(["soc", "desk"], AuditReader.Entries(place.Audit)
            .Where(e => e.Entry.Act == AuditActions.TestChannel && e.Entry.Outcome == AuditActions.Allow)
            .Select(e => e.Entry.Reason));
    }

    private static int Cases(JsonElement digest) =>
        digest.GetProperty("words").TryGetProperty("case-opened", out var count)
            ? int.Parse(count.GetString()!, CultureInfo.InvariantCulture)
            : 0;

    /// <summary>By every channel: taken = sent + given up + digested + held + waiting, once a page is read
    /// between two steps.</summary>
    private static Task AddsUpAsync(RunningWeir weir) => weir.UntilAsync("the counts add up", async () =>
    {
        var metrics = await weir.MetricsAsync();
        double Of(string what, string channel) =>
            metrics.Where(m => m.Key.StartsWith($"weir_notifying_alerts_{what}", StringComparison.Ordinal)
                && m.Key.Contains($"\"{channel}\"", StringComparison.Ordinal))
                .Sum(m => m.Value);
        return Of("taken", "desk") > 0 && new[] { "soc", "siem", "desk" }.All(c =>
            Of("taken", c) == Of("sent", c) + Of("given_up", c) + Of("digested", c) + Of("held", c) + Of("waiting", c));
    });

    private static string Configuration(WebhookServer soc, SyslogServer siem, MailServer desk) =>
        $"""
        access:
          operators: [{Environment.UserName}]
          analysts: [{Analyst}]
        notifying:
          most-of-a-kind: 3
          window: 20s
          longest-wait: 2s
          smtp:
            host: localhost
            port: {desk.Port}
            user: weir
            password-file: {desk.PasswordFile}
            ca-file: {desk.CaFile}
          channels:
            - name: soc
              kind: webhook
              url: {soc.Address}/weir
              key-file: {Path.Combine(Path.GetDirectoryName(desk.PasswordFile)!, "soc.key")}
            - name: siem
              kind: syslog
              way: tls
              host: localhost
              port: {siem.Tls}
              ca-file: {siem.CaFile}
            - name: desk
              kind: mail
              from: Weir <weir@isp.test>
              to: abuse@isp.test
        """;
}
