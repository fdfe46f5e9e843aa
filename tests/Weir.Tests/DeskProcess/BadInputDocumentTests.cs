// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Cli.Configuring;
using Weir.Contracts.Events;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers.Calling;
using Weir.Tests.Hosting.Peers;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess;

/// <summary>What goes wrong between processes: each kind is done to real parts, and its row of docs/18-bad-input.md is
/// what this test holds it to.</summary>
public sealed class BadInputDocumentTests
{
    private const string Page = "docs/18-bad-input.md";

    private static readonly Row[] Rows =
    [
        new("A process is away", "`is not at …; is weir desk running?`", "weir.peers.calls{peer=desk,code=not-there}",
            "Events wait in the outbox, segments in the spool, both on disk.", AwayAsync),
        new("A process is slow", "`did not answer events within 30 s; look at its log and load`",
            "weir.peers.calls{peer=desk,code=timed-out}", "The same is sent again; what was done already is known.",
            SlowAsync),
        new("A process is of another version", "`bring both to the same version of weir`",
            "weir.peers.requests{route=events,role=collector,code=schema-unsupported}",
            "Everything waits until both are of one version.", OtherVersionAsync),
        new("A process asked is another user's", "`is not believed: …; stop that process, or correct "
            + "processes.desk.user`", "weir.peers.calls{peer=desk,code=wrong-user}", "Nothing is sent to it.",
            OtherUserAsync),
        new("A caller is a user without a role", "`closed the connection …; does its section processes give user … a "
            + "role?`", "weir.peers.connections.refused{reason=no-role}", "It keeps what it has to send.",
            NoRoleAsync),
        new("A certificate is of another authority, ended, called back or another process's", "`it may not believe the "
            + "certificate of collector edge-1`, and the log of who was asked names it with its fingerprint",
            "weir.peers.connections.refused{reason=other-authority}",
            "It keeps what it has to send ([17-between-machines](17-between-machines.md)).", WrongCertificateAsync),
        new("A message comes twice", "`known`", "weir.cases.events{reason=again}",
            "It is one case and one scope, also after a restart.", TwiceAsync),
        new("A message is late", "`taken`", "weir.cases.events{reason=handled}", "It is a case, with the times of its flows.",
            LateAsync),
        new("A message is from the future", "`too-far-ahead`", "weir.cases.refused{code=too-far-ahead}",
            "The event stands in the desk's record of refusals; an exporter's or collector's clock is wrong.",
            FutureTimeAsync),
        new("Messages come out of order", "`taken`", "weir.cases.events{reason=handled}",
            "The scope reaches as far as the latest says, whichever came first.", OutOfOrderAsync),
        new("A batch has too many messages", "`1001 events are more than the 1000 of one batch; send fewer`",
            "weir.peers.requests{route=collector/events,role=collector,code=too-many}",
            "The collector sends fewer.", TooManyAsync),
        new("A message is too large", "`the body is larger than …`",
            "weir.peers.requests{route=collector/events,role=collector,code=too-large}",
            "The collector sends its first event alone; one that is too large by itself is set aside in the outbox's "
            + "file `refused`, counted in `weir_outbox_set_aside_total`.", TooLargeAsync),
        new("A message is of a future schema", "`an event is of schema 2, and this desk reads up to 1; bring the desk "
            + "to the collector's version`",
            "weir.peers.requests{route=collector/events,role=collector,code=schema-unsupported}",
            "The collector keeps its events until then.", FutureSchemaAsync),
        new("A message's signature is wrong", "`bad-signature`", "weir.cases.refused{code=bad-signature}",
            "Nothing follows from it; it stands in the desk's record of refusals.", BadSignatureAsync),
        new("A section of another process has a fault", "`blocking.rpz.…` with line and column: a fault to `weir "
            + "check` and to the process that reads it, a warning to the others", "exit code 2 of weir check",
            "The process whose section it is does not start; the others do.", OtherSectionAsync),
    ];

    public static TheoryData<string> Kinds => [.. Rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Bad_input_is_answered_clearly_counted_by_name_and_loses_nothing(string what)
    {
        var row = Rows.Single(one => one.What == what);
        return row.PlayAsync(row);
    }

    [Fact]
    public void The_page_is_what_the_tests_hold()
    {
        var text = new StringBuilder(
            """
            # Bad input between processes

            This page is generated: run the tests with `WEIR_WRITE_DOCS=1`. Each row is played by `BadInputDocumentTests`, which looks for its answer and its count, and that nothing is lost. In metrics, dots are underscores: `weir.peers.calls` is `weir_peers_calls_total`.

            | what | answer | counted | what becomes of the data |
            |---|---|---|---|

            """);
        foreach (var row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Answer} | `{row.Counted}` | {row.Kept} |\n");
        }

        RepositoryRoot.AssertFresh(Page, text.ToString());
    }

    private static async Task AwayAsync(Row row)
    {
        await using var place = new BadInputFolders();
        await FailsAsync(place, place.ToSocket(), row);
        await place.StartAsync(place.OnSocket());
        await ArrivesAsync(place, place.ToSocket());
    }

    private static async Task SlowAsync(Row row)
    {
        await using var place = new BadInputFolders { Slow = new() };
        await place.StartAsync(place.OnSocket());
        var trying = place.DeliverAsync(place.ToSocket());
        await place.Asked.Task.WaitAsync(Until.Patience);
        place.Clock.Advance(TimeSpan.FromSeconds(31));
        row.Says(await trying);
        Until.IsSo(() => place.Counted[row.Counted] == 1);
        place.Slow.SetResult();
        await ArrivesAsync(place, place.ToSocket());
    }

    private static async Task OtherVersionAsync(Row row)
    {
        await using var place = new BadInputFolders();
        await place.StartAsync(place.OnSocket(), schema: 2);
        await FailsAsync(place, place.ToSocket(), row);
        await place.StartAsync(place.OnSocket());
        await ArrivesAsync(place, place.ToSocket());
    }

    private static async Task OtherUserAsync(Row row)
    {
        await using var place = new BadInputFolders();
        await place.StartAsync(place.OnSocket());
        await FailsAsync(place, place.ToSocket() with { User = "65534" }, row);
        await ArrivesAsync(place, place.ToSocket());
    }

    private static async Task NoRoleAsync(Row row)
    {
        await using var place = new BadInputFolders();
        var right = place.OnSocket();
        await place.StartAsync(right with
        {
            Users = right.Users.ToDictionary(_ => "65534", one => one.Value),
        });
        await FailsAsync(place, place.ToSocket(), row);
        await place.StartAsync(right);
        await ArrivesAsync(place, place.ToSocket());
    }

    private static async Task WrongCertificateAsync(Row row)
    {
        await using var place = new BadInputFolders();
        await place.StartAsync(place.OnTls());
        await FailsAsync(place, place.ToTls(isOfTheAuthority: false), row);
        Assert.Contains("the certificate sha256:", place.Refusals(), StringComparison.Ordinal);
        await ArrivesAsync(place, place.ToTls(isOfTheAuthority: true));
    }

    private static async Task TwiceAsync(Row row)
    {
        await using var desk = await DeskPeers.OpenAsync();
        Envelope[] batch = [desk.Cases.Keys.Sign(Flood(1, 7)), desk.Cases.Keys.Sign(Flood(2, 8))];

        Assert.Equal(2, (await desk.SendAsync(batch)).Taken);
        await desk.HandleAsync();
        Assert.Equal((0, 2), (await desk.SendAsync(batch)) is var again ? (again.Taken, again.Known) : default);
        await desk.RestartAsync();
        Assert.Equal((0, 2), (await desk.SendAsync(batch)) is var later ? (later.Taken, later.Known) : default);

        Assert.Equal((2, 2), (desk.Cases.Desk.Files.Count(), desk.Cases.Scopes.Count()));
        Assert.Equal(2, desk.Counted[row.Counted]);
    }

    private static async Task LateAsync(Row row)
    {
        await using var desk = await DeskPeers.OpenAsync();
        desk.Cases.Clock.Advance(TimeSpan.FromHours(6));

        Assert.Equal(1, (await desk.SendAsync(Flood(1, 7))).Taken);
        await desk.HandleAsync();

        Assert.Single(desk.Cases.Desk.Files);
        Assert.Equal(1, desk.Counted[row.Counted]);
    }

    private static Task FutureTimeAsync(Row row) =>
        RefusedAsync(row, "too-far-ahead", keys => keys.Sign(Flood(3, 9, until: Start + (48 * 3_600_000L))));

    private static async Task OutOfOrderAsync(Row row)
    {
        var reaches = new List<long>();
        foreach (var isInOrder in (bool[])[true, false])
        {
            await using var desk = await DeskPeers.OpenAsync();
            QualityEvent[] events = [Flood(1, 7), Flood(1, 7, until: Start + 600_000)];
            foreach (var one in isInOrder ? events : events.Reverse())
            {
                Assert.Equal(1, (await desk.SendAsync(one)).Taken);
            }

            await desk.HandleAsync();
            reaches.Add(Assert.Single(desk.Cases.Scopes).UntilMs);
            Assert.Equal(2, desk.Counted[row.Counted]);
        }

        Assert.Equal(reaches[0], reaches[1]);
    }

    private static async Task TooManyAsync(Row row)
    {
        await using var desk = await DeskPeers.OpenAsync();
        var one = desk.Cases.Keys.Sign(Flood(1, 7));

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => desk.SendAsync([.. Enumerable.Repeat(one, EventBatch.Max + 1)]));

        row.Says(refused);
        Assert.Equal(1, desk.Counted[row.Counted]);
        Assert.Equal(1, (await desk.SendAsync(one)).Taken);
    }

    private static async Task TooLargeAsync(Row row)
    {
        await using var desk = await DeskPeers.OpenAsync();
        using var body = new MemoryStream(new byte[64 << 20]);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => desk.Collector.PostRawAsync(DeskRoutes.Events, body, DeskJson.Default.EventReceipt));

        row.Says(refused);
        Assert.Equal(1, desk.Counted[row.Counted]);
        Assert.Equal(1, (await desk.SendAsync(Flood(1, 7))).Taken);
    }

    private static async Task FutureSchemaAsync(Row row)
    {
        await using var desk = await DeskPeers.OpenAsync();
        var now = desk.Cases.Keys.Sign(Flood(1, 7));
        var ahead = desk.Cases.Keys.Collector.Sign(now.Type, now.Version + 1, now.Payload.Span);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.SendAsync(now, ahead));

        row.Says(refused);
        Assert.Equal(1, desk.Counted[row.Counted]);
        Assert.Equal(1, (await desk.SendAsync(now)).Taken);
    }

    private static Task BadSignatureAsync(Row row) => RefusedAsync(row, "bad-signature", keys =>
    {
        var honest = keys.Sign(Flood(1, 7));
        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            honest.Type, 1, honest.Key, keys.Sign(Flood(1, 8)).Payload.ToArray(), honest.Signature.ToArray(),
            out var forged));
        return forged!;
    });

    private static Task OtherSectionAsync(Row row)
    {
        var reading = ConfigurationReader.Read<WeirConfiguration>(
            "attributing:\n  networks:\n    - prefix: 192.0.2.0/24\nblocking:\n  rpz:\n    colour: red\n", _ => null);

        Assert.False(reading.IsSound);
        Assert.Contains(reading.Faults, fault => fault.ToString().Contains("colour", StringComparison.Ordinal)
            && fault.ToString().Contains('6', StringComparison.Ordinal));
        Assert.Contains("exit code 2", row.Counted, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    private static async Task RefusedAsync(
        Row row, string code, Func<Weir.Tests.Cases.TestKeys, Envelope> make)
    {
        await using var desk = await DeskPeers.OpenAsync();

        var receipt = await desk.SendAsync(make(desk.Cases.Keys), desk.Cases.Keys.Sign(Flood(5, 5)));

        Assert.Equal((1, 1), (receipt.Taken, receipt.Refused[code]));
        Assert.Equal(1, desk.Counted[row.Counted]);
        Assert.Contains(code, row.Answer, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(BadInputFolders place, PeerClientOptions client, Row row)
    {
        row.Says(await place.DeliverAsync(client));
        Until.IsSo(() => place.Counted[row.Counted] >= 1);
    }

    private static async Task ArrivesAsync(BadInputFolders place, PeerClientOptions client)
    {
        Assert.Null(await place.DeliverAsync(client));
        place.NothingIsLost();
    }

    private sealed record Row(string What, string Answer, string Counted, string Kept, Func<Row, Task> PlayAsync)
    {
        /// <summary>Every piece of the answer between backticks and dots stands in what was said.</summary>
        public void Says(Exception? fault)
        {
            Assert.NotNull(fault);
            foreach (var piece in Answer.Split('`')[1].Split('…', StringSplitOptions.TrimEntries))
            {
                Assert.Contains(piece, fault.Message, StringComparison.Ordinal);
            }
        }
    }
}
