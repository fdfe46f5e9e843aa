// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Desk.Api;
using Weir.Desk.Api.Changes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Serving;
using Weir.Desk.Sessions;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>What changed, as events: names alone, as the role may ask, for as long as the session is open; and how much
/// one session or address may ask.</summary>
public sealed class ConsoleLiveTests : IAsyncLifetime
{
    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task A_change_is_told_by_its_name_to_who_may_ask_for_it()
    {
        var (ana, adam) = (await _console.SignInAsync("ana"), await _console.SignInAsync("adam"));
        using var hers = await Listener.OpenAsync(_console, ana.Cookie);
        using var his = await Listener.OpenAsync(_console, adam.Cookie);
        Assert.Equal(("text/event-stream", "no-store"), (hers.ContentType, hers.CacheControl));
        await UntilAsync(() => hers.Has("event: begin") && his.Has("event: begin"));
        Assert.Contains("\"cases\"", hers.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"cases\"", his.Text, StringComparison.Ordinal);

        await _console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        await UntilAsync(() => hers.Has("event: changed") && his.Has("event: changed"));

        var id = _console.Cases.Desk.Files.Single().Id.ToString();
        Assert.Contains("\"cases\"", hers.Text.Split("event: changed")[1], StringComparison.Ordinal);
        Assert.DoesNotContain("cases", his.Text.Split("event: begin")[1], StringComparison.Ordinal);
        Assert.DoesNotContain(id, hers.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_console.Cases.Audit.Entries, one => one is { Actor: "ana", Act: "show-case" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_ends_with_its_session_and_keeps_none_alive(bool isEnded)
    {
        var ana = await _console.SignInAsync("ana");
        using var listener = await Listener.OpenAsync(_console, ana.Cookie);
        await UntilAsync(() => listener.Has("event: begin"));

        if (isEnded)
        {
            _ = _console.SignIn.Sessions.End(Assert.Single(_console.SignIn.Sessions.Of("ana")));
        }

        await UntilAsync(() => listener.IsOver); // by its end, or by the quarter of an hour in which nobody used it
        Assert.Equal(303, (await ana.GetAsync("/cases")).Status);
    }

    [Fact]
    public async Task A_session_holds_so_many_streams_and_no_more()
    {
        var ana = await _console.SignInAsync("ana");
        List<Listener> open = [];
        for (var i = 0; i < ConsoleLimits.Streams; i++)
        {
            open.Add(await Listener.OpenAsync(_console, ana.Cookie));
            await UntilAsync(() => open[^1].Has("event: begin"));
        }

        var more = await ana.GetAsync("/changes");
        Assert.Equal((429, "5"), (more.Status, more.Header("Retry-After")));
        Assert.Equal(200, (await ana.GetAsync("/exporters")).Status);
        open.ForEach(one => one.Dispose());
        await Until.IsSoAsync(async () => (await ana.GetAsync("/changes")).Status == 200);
    }

    /// <summary>The topic of the first page is everybody's: that a case changed is no news there.</summary>
    [Fact]
    public async Task A_case_moves_no_topic_of_who_may_not_list_it()
    {
        var topics = ChangeTopics.Of(_console.Api.Parts(new ApiCallers([(Role.Analyst, ["ana"])])));
        List<long> Read(bool isOfCases) =>
            [.. topics.Where(one => one.Route is "GET cases" == isOfCases).Select(one => one.Fingerprint())];
        var (cases, others) = (Read(isOfCases: true), Read(isOfCases: false));

        await _console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));

        Assert.NotEqual(cases, Read(isOfCases: true));
        Assert.Equal(others, Read(isOfCases: false));
    }

    /// <summary>All listeners together cost one round; without one there is none.</summary>
    [Fact]
    public void Rounds_are_shared_and_only_what_changed_grows()
    {
        var (clock, value) = (_console.Cases.Clock, 1L);
        var feed = new ChangeFeed([new("a", "GET now", () => value), new("b", "GET cases", () => 7)], clock);

        Assert.Equal([0, 0], feed.Read());
        value = 2;
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal([0, 0], feed.Read());
        }

        Assert.Equal(1, feed.Rounds);
        clock.Advance(ChangeFeed.Period);
        Assert.Equal([1, 0], feed.Read());
        Assert.Equal(2, feed.Rounds);
    }

    [Fact]
    public async Task Who_asks_too_much_waits_and_keeps_nobody_else_out()
    {
        var (ana, olaf) = (await _console.SignInAsync("ana"), await _console.SignInAsync("olaf"));
        ConsoleAnswered? refused = null;
        for (var i = 0; i < 2 * ConsoleLimits.OfSession && refused is null; i++)
        {
            var answer = await ana.GetAsync("/nothing");
            refused = answer.Status == 429 ? answer : null;
        }

        Assert.Equal("1", refused?.Header("Retry-After"));
        Assert.Contains("default-src 'none'", refused!.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(200, (await olaf.GetAsync("/exporters")).Status);
        Assert.Equal(200, (await _console.SendAsync("GET", "/sign-in")).Status);

        // A cookie that somebody made up is no session: all of them are one address.
        var isKept = false;
        for (var i = 0; i < 2 * ConsoleLimits.OfFront && !isKept; i++)
        {
            isKept = (await _console.SendAsync("GET", "/sign-in", $"__Host-weir=made-up-{i}")).Status == 429;
        }

        Assert.True(isKept);
        Assert.Equal(200, (await olaf.GetAsync("/exporters")).Status);
    }

    [Fact]
    public async Task A_form_far_too_large_is_refused_in_words()
    {
        var ana = await _console.SignInAsync("ana");
        var large = await ana.PostAsync("/me/look", ("theme", new string('x', 70_000)));
        var huge = await ana.PostAsync("/me/look", ("theme", new string('x', 900_000)));

        Assert.Equal((413, 413), (large.Status, huge.Status));
        Assert.Contains("larger than 65,536 octets", huge.Text, StringComparison.Ordinal);
        Assert.Equal(303, (await ana.PostAsync("/me/look", ("theme", "dark"))).Status);
    }

    /// <summary>The script's own questions keep no session alive.</summary>
    [Fact]
    public async Task What_the_script_asks_for_is_no_use_of_the_session()
    {
        var ana = await _console.SignInAsync("ana");
        for (var minute = 0; minute < 16; minute++)
        {
            _ = await _console.SendAsync("GET", "/exporters", ana.Cookie, null, ("Weir-Renew", "1"));
            _console.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(303, (await ana.GetAsync("/exporters")).Status);
    }

    /// <summary>The role is asked for at each request, and at each round of a stream.</summary>
    [Fact]
    public async Task A_role_that_changed_ends_the_session_and_its_stream()
    {
        var people = new CurrentPeople(Governed(Role.Analyst));
        await using var console = await ConsoleFixture.OpenAsync(callers: ApiCallers.From(new(), people));
        var ana = await console.SignInAsync("ana");
        using var listener = await Listener.OpenAsync(console, ana.Cookie);
        await UntilAsync(() => listener.Has("event: begin"), console);
        Assert.Equal(200, (await ana.GetAsync("/cases")).Status);

        people.Use(Governed(Role.Auditor));

        await UntilAsync(() => listener.IsOver, console);
        var after = await ana.GetAsync("/cases");
        Assert.Equal((303, "/sign-in?why=role"), (after.Status, after.Location.Split('&')[0]));
        Assert.Contains(console.Cases.Audit.Entries, one => one is { Act: "sign-out", Actor: "ana" });
    }

    private static People Governed(Role role) => new("test", [new Person("ana", "ana", role, [])]);

    private Task UntilAsync(Func<bool> isSo) => UntilAsync(isSo, _console);

    /// <summary>Rounds go by the tests' clock.</summary>
    private static Task UntilAsync(Func<bool> isSo, ConsoleFixture console) => Until.IsSoAsync(() =>
    {
        if (isSo())
        {
            return true;
        }

        console.Cases.Clock.Advance(ChangeFeed.Period);
        return isSo();
    });

    /// <summary>Reads a stream as it comes.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly HttpResponseMessage _answer;
        private readonly System.Text.StringBuilder _text = new();
        private readonly Lock _gate = new();

        private Listener(HttpResponseMessage answer)
        {
            _answer = answer;
            Reading = ReadAsync();
        }

        public Task Reading { get; }

        public bool IsOver => Reading.IsCompleted;

        public string ContentType => _answer.Content.Headers.ContentType!.MediaType!;

        public string CacheControl => _answer.Headers.CacheControl!.ToString();

        public string Text
        {
            get
            {
                lock (_gate)
                {
                    return _text.ToString();
                }
            }
        }

        public static async Task<Listener> OpenAsync(ConsoleFixture console, string cookie) =>
            new(await console.OpenStreamAsync(cookie));

        public bool Has(string part) => Text.Contains(part, StringComparison.Ordinal);

        public void Dispose() => _answer.Dispose();

        private async Task ReadAsync()
        {
            try
            {
                using var lines = new StreamReader(await _answer.Content.ReadAsStreamAsync());
                while (await lines.ReadLineAsync() is { } line)
                {
                    lock (_gate)
                    {
                        _text.Append(line).Append('\n');
                    }
                }
            }
            catch (Exception gone) when (gone is IOException or HttpRequestException or ObjectDisposedException)
            {
                // The tests closed it, or the console did.
            }
        }
    }
}
