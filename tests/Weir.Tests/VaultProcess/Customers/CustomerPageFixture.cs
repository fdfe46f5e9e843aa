// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.RegularExpressions;
using Weir.Cli.Configuring;
using Weir.Contracts.Clients;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Customers;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.VaultProcess.Customers;

/// <summary>The vault's process with its page on a real listener, and a desk that answers its questions as a test has
/// it. Two cases are sealed: one with a contact and a flood, one with a flood.</summary>
internal sealed partial class CustomerPageFixture : IAsyncDisposable
{
    public static readonly CaseId Id = new(0xCA5E);
    public static readonly CaseId Other = new(0xBEEF);

    private readonly CancellationTokenSource _stop = new();
    private readonly DeskVaultClient _desk;
    private Task _answering = Task.CompletedTask;

    private CustomerPageFixture(VaultHouse house)
    {
        House = house;
        _desk = house.Desk();
        Contact = house.Order(Id, "10.0.0.7", new ScopeId(1));
        Flood = FloodOf(Id, "10.0.0.7", new ScopeId(2), 7703);
        OtherFlood = FloodOf(Other, "10.0.0.8", new ScopeId(3), 9999);
        Http = ClientOf(house);
    }

    public VaultHouse House { get; }

    public HttpClient Http { get; private set; }

    public ScopeOrder Contact { get; }

    public ScopeOrder Flood { get; }

    public ScopeOrder OtherFlood { get; }

    public DeskVaultClient Desk => _desk;

    /// <summary>What the desk was told that customers did, in order, as it was signed.</summary>
    public List<Envelope> Acts { get; } = [];

    /// <summary>Why the vault refused what the desk told of a case.</summary>
    public List<VaultRefusedException> Refused { get; } = [];

    /// <summary>How a case stands; null where the desk says nothing.</summary>
    public Func<CaseId, CustomerCase?> Tells { get; set; } = _ => null;

    /// <summary>Whether the desk says that it took an act; where it does not, it is as one that died then.</summary>
    public bool Takes { get; set; } = true;

    public PageCounts Counts => House.Get<CustomerPages>().Counts;

    public static async Task<CustomerPageFixture> OpenAsync(
        InMemoryAuditLog? audit = null, params string[] languages)
    {
        var house = await VaultHouse.OpenAsync(
            options => options with
            {
                Settings = (WeirConfiguration)options.Settings with
                {
                    Selfservice = new()
                    {
                        Enabled = true,
                        Listen = new(IPAddress.Loopback, 0),
                        Public = new Uri("https://help.example.net/weir"),
                        Languages = languages.Length > 0 ? languages : ["en", "de"],
                        Provider = "Example <Net>",
                        Contact = "Telephone 0800",
                        ContactDe = "Telefon 0800",
                    },
                },
            },
            audit);
        var place = new CustomerPageFixture(house);
        place.Tells = id => id == Id ? place.Case(Id, place.Scope(place.Contact), place.Scope(place.Flood))
            : place.Case(Other, place.Scope(place.OtherFlood));
        await place._desk.SealAsync(place.Contact, default);
        await place._desk.SealAsync(place.OtherFlood, default);
        place.Answer();
        return place;
    }

    public CustomerCase Case(CaseId id, params CustomerScope[] scopes) => new(id, false, null, new(30, 2), scopes);

    public CustomerScope Scope(ScopeOrder order, CustomerCheck? check = null, params ActionTaken[] done) =>
        new(order, done, check);

    public ScopeOrder FloodOf(CaseId id, string address, ScopeId scope, ushort port)
    {
        var quality = SignedOrders.Contact(House.NameOf(address), House.Clock.GetUtcNow()) with
        {
            Number = 8,
            Rule = RuleId.FloodOut,
            Class = TrafficClass.Create(Direction.Out, Protocols.Udp, [port], [IpKey.Parse("203.0.113.9")]),
            Measured = 80_000,
            Threshold = 10_000,
            Unit = "packets/s",
            WindowSeconds = 10,
        };
        return ProvisionalScope.From(
            quality, EventDocument.Sign(quality, House.Collector), ScopeLimits.Default)! with
        {
            Case = id, Id = scope,
        };
    }

    public string Link(CaseId id, TimeSpan? holds = null) => House.Get<LinkSigner>()
        .Sign(id, House.Clock.GetUtcNow() + (holds ?? TimeSpan.FromDays(1)));

    public string Form(string link, TimeSpan holds) =>
        House.Get<LinkSigner>().SignForm(link, House.Clock.GetUtcNow() + holds);

    public async Task<string> PageAsync(string link, string query = "")
    {
        using var answer = await Http.GetAsync($"/c/{link}{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a form of the page, with the page's own proof unless another is given.</summary>
    public Task<HttpResponseMessage> PostAsync(string link, string want, string words = "", string? form = null) =>
        PostAsync(link, new() { ["want"] = want, ["words"] = words }, form);

    /// <inheritdoc cref="PostAsync(string, string, string, string?)"/>
    public async Task<HttpResponseMessage> PostAsync(
        string link, Dictionary<string, string> fields, string? form = null)
    {
        form ??= FormField().Match(await PageAsync(link)).Groups[1].Value;
        return await Http.PostAsync(
            $"/c/{link}", new FormUrlEncodedContent(fields.Append(KeyValuePair.Create("form", form))));
    }

    /// <summary>Time goes by until a page was answered that waits for the desk.</summary>
    public Task PatienceEndsAsync(Task asked) => Until.IsSoAsync(
        () =>
        {
            House.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(asked.IsCompleted);
        },
        "the page was answered", TimeSpan.FromMilliseconds(100));

    /// <summary>The one act so far, verified as the desk does.</summary>
    public async Task<CustomerAct> ActAsync()
    {
        await Until.IsSoAsync(() => Task.FromResult(Acts.Count > 0), "an act crossed");
        return Read(Acts[0]);
    }

    public CustomerAct Read(Envelope signed)
    {
        var ring = new PublicKeyRing(
            [CustomerActDocument.Kind], [(new("vault", "vault"), House.Get<GrantKey>().Key.Public)]);
        Assert.True(ring.Verify(signed, CustomerActDocument.Type).IsBelieved);
        Assert.True(CustomerActDocument.TryRead(signed, out var act));
        return act;
    }

    /// <summary>The vault stops and starts on the same folder, on another port.</summary>
    public async Task StartAgainAsync()
    {
        await StopDeskAsync();
        Http.Dispose();
        await House.StartAgainAsync();
        Http = ClientOf(House);
    }

    public async Task StopDeskAsync()
    {
        await _stop.CancelAsync();
        await _answering;
    }

    public async ValueTask DisposeAsync()
    {
        await StopDeskAsync();
        Http.Dispose();
        _stop.Dispose();
        await House.DisposeAsync();
    }

    private static HttpClient ClientOf(VaultHouse house) =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = house.Get<PageServer>().Address,
        };

    private void Answer() => _answering = Task.Run(async () =>
    {
        while ((Takes || Acts.Count == 0) && !_stop.IsCancellationRequested)
        {
            try
            {
                await AnswerAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    });

    private async Task AnswerAsync(CancellationToken cancel)
    {
        var news = await _desk.WaitAsync(cancel);
        Acts.AddRange(news.Acts.Except(Acts));
        if (Takes && news.Acts.Count > 0)
        {
            await _desk.TakenAsync([.. news.Acts.Select(act => Read(act).Id)], cancel);
        }

        foreach (var id in news.Wanted)
        {
            if (Tells(id) is not { } shown)
            {
                continue;
            }

            try
            {
                await _desk.ShowAsync(shown, cancel);
            }
            catch (VaultRefusedException refused)
            {
                Refused.Add(refused);
            }
        }
    }

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex FormField();
}
