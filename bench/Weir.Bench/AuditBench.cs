// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Bench;

/// <summary>Durable audit entries a second, together and one by one.</summary>
public static class AuditBench
{
    private const int Waiters = 64;
    private const int PerWaiter = 300;
    private const int Alone = 300;

    public static void Run(Scores scores) => RunAsync(scores).GetAwaiter().GetResult();

    private static async Task RunAsync(Scores scores)
    {
        var folder = Directory.CreateTempSubdirectory("weir-audit-bench-").FullName;
        try
        {
            await using var log = FileAuditLog.Open(
                new AuditOptions { Directory = Path.Combine(folder, "audit") }, TimeProvider.System,
                NullLogger<FileAuditLog>.Instance);
            await AppendAsync(log, 100);

            var before = log.State;
            var watch = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Waiters).Select(_ => Task.Run(() => AppendAsync(log, PerWaiter))));
            var seconds = Stopwatch.GetElapsedTime(watch).TotalSeconds;
            scores.AtLeast(
                "audit", $"together, {Waiters} callers: durable entries a second", Waiters * PerWaiter / seconds,
                "", 2_000);
            scores.AtLeast(
                "audit", $"together, {Waiters} callers: entries a commit",
                (log.State.Entries - before.Entries) / (double)(log.State.Commits - before.Commits), "");

            watch = Stopwatch.GetTimestamp();
            await AppendAsync(log, Alone);
            scores.AtLeast(
                "audit", "one by one: durable entries a second",
                Alone / Stopwatch.GetElapsedTime(watch).TotalSeconds, "");

            await log.SignHeadAsync(default);
            watch = Stopwatch.GetTimestamp();
            var verdict = AuditVerifier.Verify(Path.Combine(folder, "audit"));
            scores.AtLeast(
                "audit", "verified: entries a second",
                verdict.Entries / Stopwatch.GetElapsedTime(watch).TotalSeconds, "");
            if (!verdict.IsSound)
            {
                throw new InvalidOperationException(verdict.Faults[0].ToString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AppendAsync(FileAuditLog log, int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            await log.AppendAsync(
                new AuditEntry
                {
                    Actor = "anna",
                    Role = "analyst",
                    Act = AuditActions.ReadEvidence,
                    Outcome = AuditActions.Allow,
                    Purpose = "ddos-source",
                    Case = "c-0000000000000001",
                    Scope = "s-0000000000000001",
                    Rows = i,
                    Rule = "flood-out/3",
                    PredicateDigest = AuditRecord.Beginning,
                    ResultDigest = AuditRecord.Beginning,
                },
                default);
        }
    }
}
