// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.RegularExpressions;
using Weir.Cli.Configuring;
using Weir.Cli.Web.SelfService;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Links;
using Weir.Desk.Policy;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.Cli.Web.SelfService;

/// <summary>The customer's pages over a real listener, and a real desk behind them.</summary>
internal sealed partial class CustomerPageFixture : IAsyncDisposable
{
    private SelfServiceHost? _host;

    public required CaseHandlerFixture Cases { get; init; }

    public LinkSigner Signer { get; } = new(new(new byte[LinkSigner.KeyOctets], null));

    public List<ActiveMeasure> Done { get; } = [];

    /// <summary>Where the one case stands; null where its ladder has not begun.</summary>
    public Escalation? Ladder { get; set; }

    public SelfServicePages Pages { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public static async Task<CustomerPageFixture> OpenAsync(params Language[] languages)
    {
        var place = new CustomerPageFixture { Cases = await CaseHandlerFixture.OpenAsync() };
        var desk = place.Cases.Desk;
        place.Pages = new SelfServicePages(new()
        {
            Settings = new()
            {
                Enabled = true,
                Provider = "Example <Net>",
                Contact = "Telephone 0800",
                ContactDe = "Telefon 0800",
                Languages = languages.Length > 0 ? languages : [Language.En, Language.De]
            },
            Signer = place.Signer,
            Desk = desk,
            Facts = new CaseFacts(
                new EvidenceHandler(desk.Engine, desk.Scopes, place.Cases.Evidence, place.Cases.Audit),
                [new FakeMeasures(place.Done)], PolicyProfile.UsProvider, id => place.Ladder?.Case == id ? place.Ladder : null),
            Fixing = new FakeCustomerActions(desk),
            Audit = place.Cases.Audit,
            Time = place.Cases.Clock,
            Log = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
        });
        place._host = await SelfServiceHost.StartAsync(new(IPAddress.Loopback, 0), place.Pages);
        place.Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = place._host.Address
        };
        return place;
    }

    public string Link(CaseId id, TimeSpan? holds = null) =>
        Signer.Sign(id, Cases.Clock.GetUtcNow() + (holds ?? TimeSpan.FromDays(1)));

    public async Task<string> PageAsync(string link, string query = "")
    {
        using var answer = await Http.GetAsync($"/c/{link}{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Sends a form of the page, with the page's own proof unless another is given.</summary>
    public async Task<HttpResponseMessage> PostAsync(string link, string want, string words = "", string? form = null)
    {
        form ??= FormField().Match(await PageAsync(link)).Groups[1].Value;
        return await Http.PostAsync($"/c/{link}", new FormUrlEncodedContent(
            new Dictionary<string, string> { ["form"] = form, ["want"] = want, ["words"] = words }));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host!.DisposeAsync();
        await Cases.DisposeAsync();
    }

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex FormField();

    /// <summary>What the ladder does with a customer's word, as far as a page shows it.</summary>
    private sealed class FakeCustomerActions(CaseHandler desk) : ICustomerActions
    {
        public async Task FixedAsync(CaseId id, CancellationToken cancel)
        {
            if (!desk.Find(id)!.Scopes
                .Any(s => s.State == ScopeState.Open && s.Scope.Purpose == Purpose.RemediationCheck))
            {
                _ = await desk.FixedAsync(id, TimeSpan.FromDays(14), cancel);
            }
        }

        public Task AppealAsync(CaseId id, string words, CancellationToken cancel) =>
            desk.AppealOfCustomerAsync(id, words, cancel);
    }

    private sealed class FakeMeasures(List<ActiveMeasure> done) : IActiveMeasures
    {
        public IReadOnlyList<ActiveMeasure> GetActive(CaseFile file, CaseScope scope) => done;
    }
}
