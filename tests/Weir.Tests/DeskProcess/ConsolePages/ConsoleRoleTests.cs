// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Serving;
using Weir.Tests.DeskProcess.Api;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>Every address of the console for every role and for nobody. The matrix is made of the list of routes, so that a
/// new one cannot be forgotten; what it expects is the API's own table of roles, and nothing of the console's.</summary>
public sealed partial class ConsoleRoleTests : IClassFixture<ConsoleRoleTests.Shared>
{
    private readonly Shared _shared;

    public ConsoleRoleTests(Shared shared) => _shared = shared;

    public static TheoryData<string, string> Matrix
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var route in ConsoleRouteTable.Create().All)
            {
                data.Add($"{route.Method} /{route.Path}", route.Needs);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_page_is_for_who_may_call_what_it_stands_on_and_nobody_else(string route, string needs)
    {
        var (method, path) = (route.Split(' ')[0], Marks().Replace(route.Split(' ')[1], "c-0000000000000001"));
        var roles = ApiRoleTests.Matrix.Single(row => row.Data.Item1 == needs).Data.Item2.Split(' ');
        foreach (var (user, role) in ConsoleFixture.People)
        {
            var browser = await _shared.BrowserAsync(user);
            var before = _shared.Console.Cases.Audit.Entries.Count;
            var answer = method == "GET" ? await browser.GetAsync(path) : await browser.PostAsync(path);
            var isRefused = answer.Text.Contains("<span class=\"code\">role-may-not</span>", StringComparison.Ordinal);

            Assert.True(
                isRefused != roles.Contains(Actor.ToName(role)), $"{user} {route}, which stands on {needs}: {answer.Status}");
            if (isRefused)
            {
                Assert.Equal(403, answer.Status);
                Assert.Contains(
                    _shared.Console.Cases.Audit.Entries.Skip(before), entry => (entry.Actor, entry.Outcome) == (user, "role-may-not"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Nobody_is_sent_to_sign_in_and_learns_nothing(string route, string needs)
    {
        _ = needs;
        var (method, path) = (route.Split(' ')[0], Marks().Replace(route.Split(' ')[1], "c-0000000000000001"));
        var answer = await _shared.Console.SendAsync(method, path, null, method == "POST" ? ConsoleFixture.Form(("a", "b")) : null);

        Assert.Equal((303, ""), (answer.Status, answer.Text));
        Assert.StartsWith("/sign-in?why=none", answer.Location, StringComparison.Ordinal);
    }

    /// <summary>R23: what takes a key is not among what a session can have done. What two keys signed it may have
    /// carried out, from the pages that look for the signatures first, and asks for who it is again.</summary>
    [Fact]
    public void The_console_signs_and_releases_nothing()
    {
        Assert.All(ConsoleApi.Acts, act => Assert.DoesNotMatch("signatures|releases|links", act));
        var carried = ConsoleRouteTable.Create().All.Where(route => route.Needs.EndsWith("/approval", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, carried.Count);
        Assert.All(carried, route => Assert.StartsWith("approvals/{id}/", route.Path, StringComparison.Ordinal));
        Assert.All(carried, route => Assert.True(FreshActs.Want(route), route.Needs));
        var called = ConsoleRouteTable.Create().All.Where(route => route.Method == "POST").Select(route => route.Needs);
        Assert.All(called, needs => Assert.True(ConsoleApi.Acts.Contains(needs) || needs.StartsWith("GET ", StringComparison.Ordinal), needs));
    }

    /// <summary>What reaches routers, or takes what stops there back, wants to know again who asks (ADR 0068); the
    /// emergency stop may not wait.</summary>
    [Fact]
    public void Acts_on_blocks_want_to_know_again_who_asks()
    {
        var blocks = ConsoleApi.Acts.Where(act => act.Contains("block", StringComparison.Ordinal)
            && act != "POST blocks/emergency-stop").Append("POST demotions").ToList();
        Assert.True(blocks.Count > 3, string.Join(", ", blocks));
        var posts = ConsoleRouteTable.Create().All.Where(route => route.Method == "POST").ToList();
        Assert.All(blocks, act => Assert.Contains(posts, route => route.Needs == act));
        Assert.All(posts.Where(route => blocks.Contains(route.Needs)), route => Assert.True(FreshActs.Want(route), route.Needs));
        Assert.DoesNotContain(posts, route => route.Needs == "POST blocks/emergency-stop" && FreshActs.Want(route));
    }

    /// <summary>What does not say who may is seen before the program starts: each page stands on a route that there is.
    /// </summary>
    [Fact]
    public void Every_page_stands_on_a_route_of_the_API() => Assert.All(
        ConsoleRouteTable.Create().All, route => Assert.Contains(ApiRoleTests.Matrix, row => row.Data.Item1 == route.Needs));

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex Marks();

    public sealed class Shared : IAsyncLifetime
    {
        private readonly Dictionary<string, ConsoleBrowser> _browsers = [];

        internal ConsoleFixture Console { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Console = await ConsoleFixture.OpenAsync();

        public ValueTask DisposeAsync() => Console.DisposeAsync();

        /// <summary>A browser that is still signed in: an act of a test may have ended its session.</summary>
        internal async Task<ConsoleBrowser> BrowserAsync(string user)
        {
            if (!_browsers.TryGetValue(user, out var browser) || (await browser.GetAsync("/me")).Status != 200)
            {
                _browsers[user] = browser = await Console.SignInAsync(user);
            }

            return browser;
        }
    }
}
