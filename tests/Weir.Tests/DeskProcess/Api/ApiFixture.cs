// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Contracts.Scopes;
using Weir.Desk.Alerts;
using Weir.Desk.Api;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists;
using Weir.Desk.Notices;
using Weir.Desk.Population;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Desk.Sessions;
using Weir.Desk.Sharing;
using Weir.Hosting.Health;
using Weir.Hosting.Posix;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Escalating;
using Weir.Tests.Notifying;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>What came back.</summary>
internal sealed record ApiAnswer(int Status, string ContentType, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Code => Json.GetProperty("code").GetString()!;

    public string Detail => Json.GetProperty("detail").GetString()!;
}

/// <summary>The API over real cases, blocks, ladders and notices, on a real socket for each role: the user of the tests
/// has there what the role gives.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-api-").FullName;
    private readonly Dictionary<string, (ApiServer Server, HttpClient Client)> _places = [];
    private readonly UntoldCodes _logs = new();
    private readonly EscalationFixture _ladders;
    private readonly RecordsFile _file;
    private readonly NoticeDispatcher _notices;
    private readonly ComplaintHandler _complaints;

    private ApiFixture(EscalationFixture ladders, RecordsFile file, NoticeDispatcher notices)
    {
        (_ladders, _file, _notices) = (ladders, file, notices);
        _complaints = new(
            new(new ReporterAuthenticator([]), Cases.Vault, new ComplaintRecords(file, Cases.Clock), Cases.Clock),
            Cases.Desk, Cases.Audit);
    }

    public static string Me { get; } = OsUsers.NameOf(OsUsers.Own);

    public CaseHandlerFixture Cases => _ladders.Cases;

    public EscalationFixture Ladders => _ladders;

    public NoticeDispatcher Notices => _notices;

    public FakeSightings Sightings { get; } = new();

    public InMemoryPromotedList Promoted { get; } = new();

    public HeldEndpoints Held => field ??= new(_folder);

    /// <summary>Set before the first request.</summary>
    public AlertSender? Alerts { get; set; }

    /// <summary>The lists that it keeps; none unless a test says otherwise. Set before the first request.</summary>
    public ListSet? Kept { get; set; }

    /// <summary>What the store answers about populations. Set before the first request.</summary>
    public IPopulationReports Reports { get; set; } = new NoReports();

    /// <summary>The way into the console; null for none. Set before the first request.</summary>
    public ConsoleSignIn? SignIn { get; set; }

    /// <summary>What this Weir goes by. Set before the first request.</summary>
    public InstanceFacts Instance { get; set; } = new();

    public CollectorStatuses Collectors => field ??= new(Cases.Clock);

    public HealthRegistry Health => field ??= new(Cases.Clock);

    /// <summary>Where the API's faults go.</summary>
    public ILoggerFactory Logs => _logs;

    public int Comparisons { get; private set; }

    public string Folder => _folder;

    /// <summary>What loads of lists changed.</summary>
    public ListDifferences Differences => field ??= new(_folder, Cases.Clock);

    public static async Task<ApiFixture> OpenAsync(BrakeLimits? brake = null)
    {
        var ladders = await EscalationFixture.OpenAsync(brake: brake);
        var file = RecordsFile.Open(ladders.Cases.Path);
        var notices = await NoticeDispatcher.OpenAsync(
            new NoticeDispatcherDependencies
            {
                Cases = ladders.Cases.Desk,
                Pipe = new FakeNoticeGateway(),
                Journal = new NoticeRecords(file),
                Audit = ladders.Cases.Audit,
                Policy = ladders.Policy,
                Options = new NoticeOptions { Delay = TimeSpan.FromMinutes(10), MinDuration = TimeSpan.Zero },
                Time = ladders.Cases.Clock,
                Log = NullLogger<NoticeDispatcher>.Instance,
            },
            default);
        return new(ladders, file, notices);
    }

    /// <summary>The server where the tests' user has this role; <c>none</c> for nobody.
    /// </summary>
    public async Task<ApiServer> ServerAsync(string role) => (await PlaceAsync(role)).Server;

    public string SocketOf(string role) => Path.Combine(_folder, $"{role}.sock");

    /// <summary>One request as somebody of a role.</summary>
    public async Task<ApiAnswer> SendAsync(
        string role, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var (_, client) = await PlaceAsync(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                _ = request.Content!.Headers.Remove(name);
                _ = request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        return new(
            (int)answer.StatusCode, type, type == ApiStream.EventStream ? "" : await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (server, client) in _places.Values)
        {
            client.Dispose();
            await server.DisposeAsync();
        }

        _complaints.Dispose();
        _notices.Dispose();
        _file.Dispose();
        await _ladders.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(_logs.Lines);
    }

    private async Task<(ApiServer Server, HttpClient Client)> PlaceAsync(string role)
    {
        if (!_places.TryGetValue(role, out var place))
        {
            var known = Enum.GetValues<Role>().Where(r => Actor.ToName(r) == role)
                .Select(r => (r, (IReadOnlyList<string>)[Me]));
            place = (
                await ApiServer.StartAsync(
                    SocketOf(role), Parts(new ApiCallers(known)),
                    _logs),
                ClientOf(SocketOf(role)));
            _places[role] = place;
        }

        return place;
    }

    internal ApiDependencies Parts(ApiCallers callers) => new()
    {
        Callers = callers,
        Owners = NetworkOwners.None,
        ListSet = Kept ?? new ListSet(new CurrentWatchlist(), [], Cases.Clock, _logs, differences: Differences),
        Held = Held,
        Cases = Cases.Desk,
        Evidence = new EvidenceHandler(Cases.Desk.Engine, Cases.Desk.Scopes, Cases.Evidence, Cases.Audit),
        Disclosures = new DisclosureHandler(Cases.Desk, Cases.Vault, Cases.Audit, Cases.Policy, Cases.Clock),
        Runs = new ComparedRuns(_folder),
        Transparency = new(_folder),
        AuditFolder = Path.Combine(_folder, "audit"),
        Countersignatures = new(
            new() { Directory = Path.Combine(_folder, "audit") }, new(People.Lab), Cases.Audit, Cases.Clock),
        Oversight = new NothingToTell(),
        StartComparison = () => ++Comparisons == 1,
        Population = new PopulationReportHandler(Reports, Cases.Desk.Engine, Cases.Audit),
        Complaints = _complaints,
        Promotions = new PromotionHandler(new()
        {
            Desk = Cases.Desk,
            Candidates = new ComparedRuns(_folder),
            Promoted = Promoted,
            Lists = new(Watchlist.Empty),
            Lifetime = TimeSpan.FromDays(90),
            Time = Cases.Clock,
        }),
        Blocks = new(new()
        {
            Cases = Cases.Desk,
            Blocks = _ladders.Blocks,
            Collateral = new FakeCollateralCounts { Now = Cases.Clock.GetUtcNow() },
            IsListed = _ => true,
            Length = TimeSpan.FromDays(3),
            Longest = TimeSpan.FromDays(14),
        }),
        Backends = [],
        Notices = _notices,
        Escalations = _ladders.Desk,
        EscalationRound = TimeSpan.FromSeconds(10),
        Alerts = Alerts,
        Sightings = Sightings,
        Lists = new(Watchlist.Empty),
        Collectors = Collectors,
        Health = Health,
        SignIn = SignIn,
        Instance = Instance,
        Events = new EventHistory(_file),
        Audit = Cases.Audit,
        Policy = Cases.Policy,
        Time = Cases.Clock,
    };

    private static HttpClient ClientOf(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = new Uri($"http://weir{ApiRoutes.Prefix}/") };

    private sealed class NoReports : IPopulationReports
    {
        public Task<PopulationOutcome> QueryAsync(
            string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel) =>
            Task.FromResult(new PopulationOutcome(null, PopulationRefusal.Unknown, $"{name} is no report."));
    }
}

/// <summary>Keeps what the API logs of refusals that its document does not tell of, and of pages that failed.</summary>
internal sealed class UntoldCodes : ILoggerFactory, ILogger
{
    private const int Untold = 14002;
    private const int PageFailed = 14101;

    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is Untold or PageFailed)
        {
            Lines.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>What lines talked to, as a test has it.</summary>
internal sealed class FakeSightings : IListedSightings
{
    public Func<CancellationToken, Task<IReadOnlyList<ListedSighting>>> AnswerAsync { get; set; } =
        _ => Task.FromResult<IReadOnlyList<ListedSighting>>([]);

    public Task<IReadOnlyList<ListedSighting>> SinceAsync(DateTimeOffset since, int k, CancellationToken cancel) =>
        AnswerAsync(cancel);
}

/// <summary>Nothing stands that the officer is told of.</summary>
internal sealed class NothingToTell : IAlarmSource
{
    public IReadOnlyList<Alarm> Alarms => [];
}
