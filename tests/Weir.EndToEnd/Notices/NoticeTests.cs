// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Weir.Contracts.Networks;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Notices;

/// <summary>Customers told: lab traffic, collector, vault and a real mail server, each a process of its own, each
/// killed once.</summary>
public sealed class NoticeTests : IDisposable
{
    private const string Secret = "zq7customer";

    private readonly TempFolder _folder = new();

    private string Socket => _folder.At("vault.sock");

    public void Dispose() => _folder.Dispose();

    [Trait("Run", "prove")]
    [Trait("Part", "stories")]
    [Fact]
    public async Task A_case_becomes_one_mail_to_its_customer_whatever_is_down_or_killed_and_nobody_else_learns_who()
    {
        Need.Root("starts exim4");
        Need.Programs("exim4");
        await using var station = await EximServer.MakeAsync();
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", vault: Socket, people: [(Environment.UserName, "analyst")]);
        var contacts = await ContactsAsync();
        await File.AppendAllTextAsync(place.Configuration, More(station));
        var vault = await RunningVault.StartAsync(place.Configuration, Socket);
        var weir = await RunningWeir.StartAsync(place);
        try
        {
            // The mail server is down: cases come, their notices wait.
            var sent = await place.SendAsync("first");
            await weir.UntilAsync("a contact's notice was tried and waits", async () => Contacted() is { } found
                && (await NoticesAsync(found.Case)).Any(n => n.State == "waiting" && n.Attempts > 0));
            var id = Contacted()!.Case;
            Assert.Empty(station.Mails());

            // The vault dies; the collector says so and goes on.
            await vault.KillAsync();
            await vault.DisposeAsync();
            await weir.UntilAsync(
                "the collector knows", async () => await weir.SumAsync("weir_notices_vault_down") == 1);
            vault = await RunningVault.StartAsync(place.Configuration, Socket);
            await station.StartAsync();
            await weir.UntilAsync("the customer is told", async () =>
                (await NoticesAsync(id)).Any(n => n is { Step: "found", State: "told" }));

            var scope = Entries("audit")
                .First(e => e is { Act: AuditActions.Notify, Outcome: AuditActions.Allow } && e.Case == id).Scope;
            var opened = Entries("audit").First(e => e.Act == AuditActions.OpenScope && e.Scope == scope);
            var epoch = Epochs.At(TimeProvider.System.GetUtcNow());
            using var names = Pseudonymizer.UnderKey(await vault.Callers.Collector.EpochKeyAsync(epoch, default));
            var line = sent.Infected.First(
                one => names.Pseudonymize(IpKey.Parse(one)).ToString() == opened.Subject);
            Assert.Contains(line, sent.Infected);
            var (mail, language) = contacts[line];
            var told = Assert.Single(station.Mails(), m => m.Body.Contains(id, StringComparison.Ordinal));
            Assert.Equal((mail, "esmtpsa"), (told.To, told.Protocol));
            Assert.Contains(
                language == "de" ? "WAS GESEHEN WURDE" : "WHAT WAS SEEN", told.Body, StringComparison.Ordinal);
            Assert.Contains(
                language == "de" ? "das Aktenzeichen bereit" : "the number of the case ready", told.Body, StringComparison.Ordinal);
            Assert.Contains(Endpoint(id, scope), told.Body, StringComparison.Ordinal);
            Assert.Contains("Name of the customer", told.Body, StringComparison.Ordinal);
            Assert.Contains("+1 555 0100", told.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("Was getan wurde", told.Body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("What was done", told.Body, StringComparison.OrdinalIgnoreCase);

            // The collector dies; started again it sends nothing twice, and a person's step is a second mail.
            await weir.KillAsync();
            await weir.DisposeAsync();
            weir = await RunningWeir.StartAsync(place);
            var reminded = await NotifyAsync("send", id, "--scope", scope, "--step", "reminder");
            Assert.True(reminded.ExitCode == 0, reminded.Error);
            await weir.UntilAsync("the reminder is told", async () =>
                (await NoticesAsync(id)).Any(n => n is { Step: "reminder", State: "told" }));
            await weir.UntilAsync(
                "nothing waits", async () => await weir.SumAsync("weir_notices_tracked", "waiting") == 0);
            Assert.Equal(2, station.Mails().Count(m => m.Body.Contains(id, StringComparison.Ordinal)));
            Assert.Equal(2, station.Mails()
                .Where(m => m.Body.Contains(id, StringComparison.Ordinal)).Select(m => m.MessageId).Distinct().Count());
            var again = await NotifyAsync("send", id, "--scope", scope, "--step", "reminder");
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("once for each case and step", again.Error, StringComparison.Ordinal);

            // Every mail once; who has no contact is counted, not mailed.
            IReadOnlyList<Noted> all = [];
            IReadOnlyList<ReceivedMail> mails = [];
            await weir.UntilAsync("each that is told is one mail", async () =>
                ((mails = station.Mails()).Count, all = await NoticesAsync("")) is var (taken, rows)
                && rows.Count(n => n.State == "told") == taken);
            Assert.Equal(mails.Count, mails.Select(m => m.MessageId).Distinct().Count());
            Assert.All(all.Where(n => n.State == "told"), n => Assert.Equal(("mail", 64), (n.Channel, n.Digest)));

            var shown = await NotifyAsync("show", id);
            var listed = await NotifyAsync("list");
            Assert.Equal(0, await weir.StopAsync());
            Assert.Equal(0, await vault.StopAsync());
            NothingSays(mail, line, [shown.Out, listed.Out, weir.Log, vault.Log]);
            Assert.Contains(Entries("vault/audit"), e =>
                e is { Act: AuditActions.Notify, Outcome: AuditActions.Allow }
                && e.Reason.EndsWith("found by mail", StringComparison.Ordinal) && e.Case == id);
            Assert.Single(
                Entries("audit"), e => e is { Act: AuditActions.Notified, Reason: "reminder by mail" } && e.Case == id);
            foreach (var log in new[] { "audit", "vault/audit" })
            {
                var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", _folder.At(log));
                Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
            }
        }
        finally
        {
            await weir.DisposeAsync();
            await vault.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_preview_needs_nobody_and_a_template_that_cannot_be_filled_starts_no_vault()
    {
        var german = await WeirProcess.RunAsync("notify", "preview", "--step", "endpoint-blocked", "--language", "de");
        Assert.True(german.ExitCode == 0, german.Error);
        Assert.Contains(
            "WAS GETAN WURDE: Ihr Anschluss erreicht 192.0.2.7:443/tcp nicht, längstens bis", german.Out, StringComparison.Ordinal);

        Directory.CreateDirectory(_folder.At("templates"));
        await File.WriteAllTextAsync(_folder.At("templates/notice.txt"), "Dear {{customer}}");
        var configuration = _folder.File("vault.yaml", "attributing:\n  networks:\n    - prefix: 10.0.0.0/8\nvault:\n "
            + $" socket: {Socket}\n  dir: {_folder.At("vault")}\n  allow-root: true\n  notices:\n    "
            + $"templates: {_folder.At("templates")}\n");
        var refused = await WeirProcess.RunAsync("vault", "--config", configuration);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("notice.txt: there is no 'customer'", refused.Error, StringComparison.Ordinal);
    }

    private string More(EximServer station) =>
        $"""
          contacts: {_folder.At("contacts.csv")}
          notices:
            channel: mail
            provider: Example Net
            phone: "+1 555 0100"
            page: https://www.example.net/security
            mail:
              from: Example Net abuse desk <abuse@example.net>
              host: localhost
              port: {station.Port}
              user: {EximServer.User}
              password-file: {_folder.At("mail.password")}
              ca-file: {station.CaFile}
        notices:
          delay: 0s
          least: 0s
          most-a-minute: 1000

        """;

    /// <summary>A contact for every infected line, every second one in German; other lines have none.</summary>
    private async Task<Dictionary<string, (string Mail, string Language)>> ContactsAsync()
    {
        await File.WriteAllTextAsync(_folder.At("mail.password"), EximServer.Password + "\n");
        File.SetUnixFileMode(_folder.At("mail.password"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("provider/truth.json")));
        var contacts = truth.RootElement.GetProperty("bots")
            .EnumerateArray().Select(bot => bot.GetProperty("subject").GetString()!).Distinct().Index()
            .ToDictionary(
                bot => bot.Item, bot => ($"{Secret}{bot.Index}@example.net", bot.Index % 2 == 0 ? "de" : "en"));
        await File.WriteAllLinesAsync(_folder.At("contacts.csv"), [
            "line,mail,language,protected,name", "broken row",
            .. contacts.Select(c => $"{c.Key},{c.Value.Item1},{c.Value.Item2},,Name of the customer")]);
        File.SetUnixFileMode(_folder.At("contacts.csv"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return contacts;
    }

    /// <summary>A scope opened by a contact with a C&amp;C, of a sealed case.</summary>
    private AuditEntry? Contacted()
    {
        var sealedCases = Entries("vault/audit")
            .Where(e => e is { Act: AuditActions.SealSubject, Outcome: AuditActions.Allow })
            .Select(e => e.Case).ToHashSet();
        return Entries("audit").FirstOrDefault(e => e is { Act: AuditActions.OpenScope, Outcome: AuditActions.Allow }
            && e.Rule.StartsWith("cnc-contact", StringComparison.Ordinal) && sealedCases.Contains(e.Case));
    }

    private IEnumerable<AuditEntry> Entries(string folder) => AuditReader.HasLog(_folder.At(folder))
        ? [.. AuditReader.Entries(_folder.At(folder)).Select(record => record.Entry)]
        : [];

    private string Endpoint(string id, string scope)
    {
        var shown = WeirProcess.RunAsync("case", "show", id, "--socket", _folder.At("control.sock"), "-o", "json")
            .GetAwaiter().GetResult();
        Assert.True(shown.ExitCode == 0, shown.Error);
        return Address().Matches(shown.Out[shown.Out.IndexOf(scope, StringComparison.Ordinal)..])[0].Groups[1].Value;
    }

    private static System.Text.RegularExpressions.Regex Address() => new("raddr=([0-9a-f.:]+)");

    private sealed record Noted(string Step, string State, int Attempts, string Channel, int Digest);

    private async Task<IReadOnlyList<Noted>> NoticesAsync(string id)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
                    System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(
                    new System.Net.Sockets.UnixDomainSocketEndPoint(_folder.At("control.sock")), cancel);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        using var rows = JsonDocument.Parse(await http.GetStringAsync(
            new Uri($"http://weir/api/v1/{(id.Length > 0 ? $"cases/{id}/notices" : "notices")}?limit=1000")));
        return [.. rows.RootElement.GetProperty("items").EnumerateArray().Select(n => new Noted(
            n.GetProperty("step").GetString()!, n.GetProperty("state").GetString()!,
            n.GetProperty("attempts").GetInt32(),
            n.GetProperty("channel").GetString()!, n.GetProperty("digest").GetString()!.Length))];
    }

    private Task<WeirResult> NotifyAsync(params string[] arguments) =>
        WeirProcess.RunAsync(["notify", .. arguments, "--socket", _folder.At("control.sock"), "-o", "json"]);

    /// <summary>No file of the collector's, no log and no answer has a customer's address or name; the line's address
    /// stands in no answer and no log of the collector.</summary>
    private void NothingSays(string mail, string line, IEnumerable<string> said)
    {
        Assert.All(said, text => Assert.All(new[] { Secret, "Name of the customer", mail }, secret =>
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase)));
        Assert.All(said, text =>
            Assert.DoesNotMatch($@"(?<![\d.]){line.Replace(".", "\\.", StringComparison.Ordinal)}(?![\d.])", text));
        var own = new[] { _folder.At("contacts.csv") };
        foreach (var path in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Except(own))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
            Assert.False(text.Contains(Secret, StringComparison.OrdinalIgnoreCase)
                || text.Contains("Name of the customer", StringComparison.Ordinal), $"{path} says who a customer is");
        }
    }
}
