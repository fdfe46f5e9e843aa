// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Desk.Api.Cases;
using Weir.Desk.Console;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Tests.Cases;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>What the web does to a console: headers on every answer, forms of other sites, text that wants to be
/// script, names that point here, a case that two people change.</summary>
public sealed class ConsoleDefenceTests : IAsyncLifetime
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`";

    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task Every_answer_has_the_headers_whatever_it_is()
    {
        var browser = await _console.SignInAsync("ana");
        var style = System.Text.RegularExpressions.Regex.Match((await browser.GetAsync("/")).Text, "/assets/console\\.[0-9a-f]+\\.css").Value;
        var pages = ConsoleRouteTable.Create().All.Where(route => route.Method == "GET")
            .Select(route => $"/{route.Path.Replace("{id}", "c-1", StringComparison.Ordinal).Replace("{quarter}", "2026Q1", StringComparison.Ordinal)}");
        foreach (var path in pages.Concat(["/nothing/here", "/cases?as=csv", "/sign-in", "/sign-in?code=x", style, "/?wall"]))
        {
            foreach (var answer in new[] { await browser.GetAsync(path), await _console.SendAsync("GET", path) })
            {
                var csp = answer.Header("Content-Security-Policy");
                Assert.Contains("default-src 'none'", csp, StringComparison.Ordinal);
                Assert.Contains("script-src 'self';", csp, StringComparison.Ordinal);
                Assert.Contains("require-trusted-types-for 'script'; trusted-types 'none'", csp, StringComparison.Ordinal);
                Assert.Contains("frame-ancestors 'none'", csp, StringComparison.Ordinal);
                Assert.DoesNotContain("unsafe", csp, StringComparison.Ordinal);
                Assert.Equal(path == style ? "public, max-age=31536000, immutable" : "no-store", answer.Header("Cache-Control"));
                Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
                Assert.Equal("same-origin", answer.Header("Referrer-Policy"));
                Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
                Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
                Assert.Contains("camera=()", answer.Header("Permissions-Policy"), StringComparison.Ordinal);
                Assert.Contains("max-age", answer.Header("Strict-Transport-Security"), StringComparison.Ordinal);
                Assert.Equal("", answer.Header("Server"));
            }
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost")]
    [InlineData("weir.example.net.evil.example")]
    public async Task Another_hosts_name_is_not_answered(string host)
    {
        var browser = await _console.SignInAsync("ana");
        var answer = await _console.SendAsync("GET", "/", browser.Cookie, null, ("Host", host));

        Assert.Equal(421, answer.Status);
        Assert.DoesNotContain("<", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_another_site_or_without_the_sessions_key_does_nothing()
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        var key = await browser.FormKeyAsync();
        var others = await (await _console.SignInAsync("olaf")).FormKeyAsync();
        (string Name, string? Value)[][] tries =
        [
            [("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
            [("Origin", "null"), ("Sec-Fetch-Site", null)], [("Origin", null), ("Sec-Fetch-Site", null)],
        ];
        foreach (var headers in tries)
        {
            var answer = await _console.SendAsync(
                "POST", $"/cases/{id}/comment", browser.Cookie, ConsoleFixture.Form(("form-key", key), ("text", "forged")), headers);
            Assert.Equal(403, answer.Status);
        }

        foreach (var wrong in new[] { "", "x", others })
        {
            var answer = await _console.SendAsync(
                "POST", $"/cases/{id}/comment", browser.Cookie, ConsoleFixture.Form(("form-key", wrong), ("text", "forged")));
            Assert.Equal(403, answer.Status);
        }

        Assert.Empty(_console.Cases.Desk.Files.Single().Comments);
        Assert.Equal(303, (await browser.PostAsync($"/cases/{id}/comment", ("text", "mine"))).Status);
        Assert.Equal("mine", Assert.Single(_console.Cases.Desk.Files.Single().Comments).Text);
    }

    /// <summary>A link whose sign-in was begun by another site would put somebody else's session under one's hand.</summary>
    [Fact]
    public async Task Nobody_is_signed_in_by_another_site()
    {
        var code = _console.SignIn.Links.Issue(new("ana", Weir.Contracts.Policy.Role.Analyst));
        var answer = await _console.SendAsync(
            "POST", "/sign-in", null, ConsoleFixture.Form(("code", code)), ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal((403, 0), (answer.Status, answer.Cookies.Count));
        Assert.NotNull(_console.SignIn.Links.Find(code));
    }

    [Fact]
    public async Task What_comes_from_outside_is_text_wherever_it_is_shown()
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        _ = await browser.PostAsync($"/cases/{id}/comment", ("text", Script));
        _ = await browser.PostAsync($"/cases/{id}/assign", ("to", "ana"), _console.TagOf(id));
        var typed = Uri.EscapeDataString(Script);
        string[] paths =
        [
            $"/cases/{id}", $"/cases?q={typed}", $"/cases?family={typed}", $"/cases?after={typed}", $"/cases/{id}/ask?what={typed}",
            $"/cases/{typed}", $"/blocks/plan?target={typed}&case={typed}", $"/approvals/{typed}", $"/audit?only={typed}",
            $"/?done={typed}", $"/sign-in?why={typed}&code={typed}", $"/transparency/{typed}", $"/{typed}",
        ];
        foreach (var path in paths)
        {
            var text = (await browser.GetAsync(path)).Text;
            Assert.DoesNotContain("<script>alert", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\" onerror", text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", (await browser.GetAsync($"/cases/{id}")).Text, StringComparison.Ordinal);
        var planned = await browser.PostAsync("/blocks/plan", ("target", Script), ("threat", Script), ("necessity", Script), ("alternatives", Script));
        Assert.Equal(400, planned.Status);
        Assert.DoesNotContain("<script>alert", planned.Text, StringComparison.Ordinal);
    }

    /// <summary>Whatever a router, a collector, a part of the desk or a person says is text on every page that says it;
    /// of lists, reports, governance and settings the tests of their pages say so.</summary>
    [Fact]
    public async Task What_routers_parts_and_people_say_is_text_on_every_page()
    {
        _ = _console.Api.Collectors.TryHear(Script, new()
        {
            Name = Script, StartedAt = _console.Cases.Clock.GetUtcNow(), At = _console.Cases.Clock.GetUtcNow(),
            Listeners = [Script], Flows = new(), Held = new(null, 0, 0, 0, 0, 0, 0), Stopped = [Script],
            Detected = new(), RefusedOrders = new Dictionary<string, long>(),
            Exporters =
            [
                new() { Exporter = Script, Protocol = Script, SamplingSource = Script, Sampling = 2, Datagrams = 1 },
            ],
        });
        _console.Api.Health.Add(Script, () => global::Weir.Hosting.Health.ComponentHealth.Failing(Script));
        var (id, ana) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        _ = await ana.PostAsync($"/cases/{id}/comment", ("text", Script));
        _ = await _console.Cases.Desk.RequestAsync(
            CaseHandlerFixture.Ana, Weir.Contracts.Policy.Permission.Promote, new(Target: Script), Script, default);
        var waiting = Assert.Single(_console.Cases.Desk.Asked);
        var seen = 0;
        foreach (var route in ConsoleRouteTable.Create().All.Where(route => route.Method == "GET" && route.Path != "changes"))
        {
            foreach (var end in (string[])["", "?wall", $"?rule={Uri.EscapeDataString(Script)}&from={Uri.EscapeDataString(Script)}&only={Uri.EscapeDataString(Script)}"])
            {
                var text = (await ana.GetAsync($"/{route.Path.Replace("{id}", id, StringComparison.Ordinal)}{end}")).Text;
                Assert.DoesNotContain("<script>alert", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("\" onerror", text, StringComparison.OrdinalIgnoreCase);
                seen += text.Contains("&lt;script&gt;", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.True(seen >= 12, $"{seen} pages showed it");
        Assert.Contains("&lt;script&gt;", (await ana.GetAsync("/approvals")).Text, StringComparison.Ordinal);
        Assert.NotEqual(0ul, waiting.Number);
    }

    /// <summary>A spreadsheet that opens a CSV runs nothing of it.</summary>
    [Fact]
    public async Task A_table_for_a_spreadsheet_holds_no_formula()
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        Assert.Equal(303, (await browser.PostAsync($"/cases/{id}/assign", ("to", "=cmd|'/c calc'!A1"), _console.TagOf(id))).Status);

        var petra = await _console.SignInAsync("petra");
        var csv = await petra.GetAsync("/cases?as=csv");

        Assert.Equal("text/csv; charset=utf-8", csv.Header("Content-Type"));
        Assert.StartsWith("attachment", csv.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Contains("'=cmd|'/c calc'!A1", csv.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(",=cmd", csv.Text, StringComparison.Ordinal);
    }

    /// <summary>What a spreadsheet that cuts elsewhere than at commas would calculate is text too; a number stays one.
    /// </summary>
    [Theory]
    [InlineData("-12.5", "-12.5")]
    [InlineData("+1", "+1")]
    [InlineData("-12,5", "\"'-12,5\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("a;=1+1", "\"a;'=1+1\"")]
    [InlineData("a\t@b", "\"a\t'@b\"")]
    [InlineData("a,-b", "\"a,'-b\"")]
    [InlineData("a\r\n+b", "\"a\r\n'+b\"")]
    [InlineData("\t=a", "\"'\t'=a\"")]
    [InlineData("x=y", "x=y")]
    public void A_cell_begins_no_formula_wherever_it_is_cut(string value, string field)
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = german;
            Assert.Equal($"a\r\n{field}\r\n", System.Text.Encoding.UTF8.GetString(
                TableMarkup.Csv([new TableColumn<string>("a", one => one)], [value])));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>A link of another site, a preview and a browser that fetches ahead put nothing on record in one's name.
    /// </summary>
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", null)]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    public async Task A_look_is_asked_for_by_a_person_here(string header, string? value)
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        foreach (var path in new[] { $"/cases/{id}/evidence", $"/cases/{id}/ask?what=out/tcp/25" })
        {
            var before = _console.Cases.Audit.Entries.Count;
            var answer = await _console.SendAsync("GET", path, browser.Cookie, null, (header, value));
            Assert.Equal(200, answer.Status);
            Assert.Contains($"<form method=\"post\" action=\"{path}\"", answer.Text, StringComparison.Ordinal);
            Assert.Equal(before, _console.Cases.Audit.Entries.Count);

            Assert.NotEqual(400, (await browser.PostAsync(path)).Status);
            Assert.True(before < _console.Cases.Audit.Entries.Count, path);
        }
    }

    /// <summary>A browser that knows the root alone gets the way to it.</summary>
    [Fact]
    public async Task The_certificate_comes_with_what_stands_behind_it_in_its_file()
    {
        var folder = Directory.CreateTempSubdirectory("weir-console-");
        var now = TimeProvider.System.GetUtcNow();
        X509Certificate2 Issue(string name, ECDsa key, X509Certificate2? issuer, bool isAuthority)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            return issuer is null
                ? request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2))
                : request.Create(issuer, now.AddDays(-1), now.AddDays(1), [1, 2, 3]);
        }

        using var keyOfRoot = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var keyOfMiddle = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var keyOfLeaf = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Issue("root", keyOfRoot, null, isAuthority: true);
        using var middle = Issue("middle", keyOfMiddle, root, isAuthority: true);
        using var signing = middle.CopyWithPrivateKey(keyOfMiddle);
        using var leaf = Issue(ConsoleFixture.Host, keyOfLeaf, signing, isAuthority: false);
        var (pem, key) = (Path.Combine(folder.FullName, "c.pem"), Path.Combine(folder.FullName, "c.key"));
        await File.WriteAllTextAsync(pem, $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        await File.WriteAllTextAsync(key, keyOfLeaf.ExportPkcs8PrivateKeyPem());

        await using var console = await ConsoleFixture.OpenAsync(change: one => one with { Certificate = pem, Key = key });
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", console.Listening.Port);
        List<string> sent = [];
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = ConsoleFixture.Host,
            RemoteCertificateValidationCallback = (_, _, chain, _) =>
            {
                sent.AddRange(chain!.ChainPolicy.ExtraStore.Select(one => one.Subject));
                return true;
            },
        });

        Assert.Contains("CN=middle", sent);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Where_nothing_was_asked_nothing_stands_on_record()
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        var before = _console.Cases.Audit.Entries.Count;

        Assert.Equal(200, (await browser.GetAsync($"/cases/{id}/ask")).Status);
        Assert.Equal(before, _console.Cases.Audit.Entries.Count);
    }

    /// <summary>A browser that goes away, or a line that breaks, leaves no act half done.</summary>
    [Fact]
    public async Task What_is_done_does_not_hang_on_the_browser()
    {
        var id = await OpenCaseAsync();
        var local = Weir.Desk.Api.ApiServer.Local(
            _console.Api.Parts(new([(Weir.Contracts.Policy.Role.Analyst, ["ana"])])), _console.Api.Logs);
        var gone = new ConsoleApi(local, new("ana", Weir.Contracts.Policy.Role.Analyst), new(canceled: true), default);

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => gone.GetAsync("cases/{id}", CaseJson.Default.CaseResponse, ("id", id)));
        Assert.Null((await gone.DoAsync(
            "PUT cases/{id}/assignee", new AssignRequest("ana"), CaseJson.Default.AssignRequest,
            CaseJson.Default.CaseResponse, ("id", id))).Problem);
        Assert.Equal("ana", _console.Cases.Desk.Files.Single().Assignee);
    }

    [Theory]
    [InlineData("assign", "to", "ana")]
    [InlineData("snooze", "days", "3")]
    [InlineData("close", "verdict", "fixed")]
    public async Task A_form_that_would_go_over_anothers_change_says_what_it_is_meant_for(string act, string field, string value)
    {
        var (id, browser) = (await OpenCaseAsync(), await _console.SignInAsync("ana"));
        var before = _console.TagOf(id);

        Assert.Equal(400, (await browser.PostAsync($"/cases/{id}/{act}", (field, value))).Status);
        Assert.Equal(400, (await browser.PostAsync(
            "/cases/bulk/do", ("act", act), ("case", id), (field, value))).Status);
        Assert.Equal(before, _console.TagOf(id));
        Assert.Equal(303, (await browser.PostAsync($"/cases/{id}/{act}", (field, value), before)).Status);
    }

    [Fact]
    public async Task What_another_changed_meanwhile_is_not_overwritten()
    {
        var id = await OpenCaseAsync();
        var (ana, petra) = (await _console.SignInAsync("ana"), await _console.SignInAsync("petra"));
        var tag = System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(
            (await ana.GetAsync($"/cases/{id}")).Text, "name=\"tag\" value=\"([^\"]+)\"").Groups[1].Value);
        Assert.NotEqual("", tag);
        Assert.Equal(303, (await petra.PostAsync($"/cases/{id}/comment", ("text", "petra was here"))).Status);

        var late = await ana.PostAsync($"/cases/{id}/assign", ("to", "ana"), ("tag", tag));

        Assert.Equal(412, late.Status);
        Assert.Contains("changed-since", late.Text, StringComparison.Ordinal);
        Assert.Equal("", _console.Cases.Desk.Files.Single().Assignee);
    }

    private async Task<string> OpenCaseAsync()
    {
        await _console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        return _console.Cases.Desk.Files.Single().Id.ToString();
    }
}
