// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.Notifying;

/// <summary>A desk of notices beside a desk of cases, with its journal in a file and a pipe that a test
/// can look into.</summary>
internal sealed class NoticeFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-notices-").FullName;
    private RecordsFile? _file;
    private NoticeDispatcher? _desk;

    public required CaseHandlerFixture Cases { get; init; }

    public FakeNoticeGateway Pipe { get; } = new();

    public NoticeOptions Options { get; set; } =
        new() { Delay = TimeSpan.FromMinutes(10), MinDuration = TimeSpan.Zero };

    public PolicyProfile Policy { get; set; } = PolicyProfile.UsProvider;

    /// <summary>What the provider's own people were told of.</summary>
    public List<NoticeRow> Untold { get; } = [];

    public bool HasPipe { get; set; } = true;

    public NoticeDispatcher Desk => _desk ?? throw new InvalidOperationException("not open");

    public static async Task<NoticeFixture> OpenAsync()
    {
        var place = new NoticeFixture { Cases = await CaseHandlerFixture.OpenAsync() };
        await place.StartAsync();
        return place;
    }

    /// <summary>Opens again from the file, as after a kill.</summary>
    public async Task StartAsync()
    {
        Stop();
        _file = RecordsFile.Open(Path.Combine(_folder, "records.sqlite"));
        _desk = await NoticeDispatcher.OpenAsync(
            new NoticeDispatcherDependencies
            {
                Cases = Cases.Desk,
                Pipe = HasPipe ? Pipe : null,
                Journal = new NoticeRecords(_file),
                Audit = Cases.Audit,
                Policy = Policy,
                Options = Options,
                Time = Cases.Clock,
                Untold = (row, _) =>
                {
                    Untold.Add(row);
                    return Task.CompletedTask;
                },
                Log = NullLogger<NoticeDispatcher>.Instance,
            },
            default);
    }

    /// <summary>A flood of a subject, its case sealed in the vault.</summary>
    public async Task<(CaseId Case, ScopeId Scope)> FloodAsync(uint subject = 1, long lengthMs = 60_000)
    {
        var now = Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await Cases.HandleAsync(CaseHandlerFixture.Flood(1_000 + subject, subject, from: now - lengthMs, until: now));
        await Cases.Desk.RunOnceAsync(default);
        var file = Cases.Desk.Files.Single(f => f.Subject == CaseHandlerFixture.Subject(subject));
        return (file.Id, file.Scopes[0].Scope.Id);
    }

    public Task<Decision.Deny?> PlanAsync(
        CaseId id, ScopeId scope, NoticeStep step, Actor? actor = null, params ActionTaken[] done) =>
            Desk.PlanAsync(actor ?? Actor.Weir, id, scope, step, done, default);

    public Task RoundAsync() => Desk.RunOnceAsync(default);

    public async Task PassAsync(TimeSpan time)
    {
        Cases.Clock.Advance(time);
        await RoundAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Cases.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Stop()
    {
        _desk?.Dispose();
        _file?.Dispose();
    }
}

/// <summary>The vault's side: a ledger in memory that outlives the desk, and what the test has it do.</summary>
internal sealed class FakeNoticeGateway : INoticeGateway
{
    private readonly Dictionary<(CaseId, NoticeStep), NoticeReceipt> _ledger = [];

    public List<Notice> Sent { get; } = [];

    public int Asked { get; private set; }

    public NoticeOutcome Outcome { get; set; } = NoticeOutcome.Delivered;

    /// <summary>Thrown in place of an answer.</summary>
    public Exception? Fails { get; set; }

    /// <summary>Thrown after the delivery, as by a vault or a desk that dies then.</summary>
    public Exception? FailsAfter { get; set; }

    public Task<NoticeExample> PreviewAsync(NoticeStep step, string language, CancellationToken cancel) =>
        Task.FromResult(new NoticeExample(language, ["de", "en"], $"About {NoticeNames.ToName(step)}", "Dear A. Example"));

    public Task<NoticeReceipt> DeliverAsync(Notice notice, CancellationToken cancel)
    {
        Asked++;
        if (Fails is { } failure)
        {
            throw failure;
        }

        if (_ledger.TryGetValue((notice.Case, notice.Step), out var before))
        {
            return Task.FromResult(before with { Outcome = NoticeOutcome.Before });
        }

        var proof = new NoticeReceipt(
            Outcome, "mail", Outcome == NoticeOutcome.Delivered ? "250 2.0.0" : "no", "d", "de",
            DateTimeOffset.UnixEpoch);
        if (Outcome == NoticeOutcome.Delivered)
        {
            Sent.Add(notice);
            _ledger[(notice.Case, notice.Step)] = proof;
        }

        return FailsAfter is { } late ? throw late : Task.FromResult(proof);
    }
}
