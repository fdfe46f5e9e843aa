// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

/// <summary>A clock whose wall can be set apart from its time that only goes on.</summary>
internal sealed class WallClock : TimeProvider
{
    private long _elapsed;

    public DateTimeOffset Wall { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed;

    public override DateTimeOffset GetUtcNow() => Wall;

    public void Advance(TimeSpan by)
    {
        _elapsed += by.Ticks;
        Wall += by;
    }
}

/// <summary>A folder with an audit log in it, gone with the test.</summary>
internal sealed class AuditFixture : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("weir-audit-").FullName;

    public WallClock Clock { get; } = new();

    public string Directory => Path.Combine(_root, "audit");

    public string Beside(string name) => Path.Combine(_root, name);

    public string Heads => Path.Combine(Directory, "heads.jsonl");

    public string[] Segments => [.. System.IO.Directory.GetFiles(Directory, "0*.jsonl").Order(StringComparer.Ordinal)];

    public FileAuditLog Open(string? export = null, TimeSpan? keep = null) => FileAuditLog.Open(
        new AuditOptions
        {
            Directory = Directory,
            ExportDirectory = export,
            Retention = keep ?? TimeSpan.FromDays(400),
            Version = "test"
        },
        Clock, NullLogger<FileAuditLog>.Instance);

    public AuditVerificationResult Verify(string? heads = null) => AuditVerifier.Verify(Directory, heads);

    /// <summary>Entries, a head, a new day, entries, a stop, a start, entries: a log with two segments
    /// and five heads.</summary>
    public async Task FillAsync(int entries)
    {
        await using (var log = Open())
        {
            await AppendAsync(log, entries);
            await log.SignHeadAsync(default);
            Clock.Advance(TimeSpan.FromHours(13));
            await AppendAsync(log, entries);
        }

        await using (var log = Open())
        {
            await AppendAsync(log, entries);
        }
    }

    public static async Task AppendAsync(FileAuditLog log, int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            await log.AppendAsync(Entry(i), default);
        }
    }

    public static AuditEntry Entry(int i, string outcome = AuditActions.Allow) => new()
    {
        Actor = "anna",
        Role = "analyst",
        Act = AuditActions.ReadEvidence,
        Outcome = outcome,
        Purpose = "ddos-source",
        Case = "c-0000000000000001",
        Scope = "s-0000000000000001",
        Rows = i,
        Reason = "asked \"why\"\tby mail – né 📡",
    };

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);
}
