// SPDX-License-Identifier: Apache-2.0
//
// Thirty-two callers append to one audit log for ever, heads are signed between; "held SEQUENCE HASH" stands on
// standard output once an entry's receipt is there.
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;

namespace Weir.SpoolVictim;

internal static class AuditVictim
{
    public static async Task RunAsync(string folder, string run)
    {
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = folder, HeadPeriod = TimeSpan.FromMilliseconds(30) }, TimeProvider.System,
            NullLogger<FileAuditLog>.Instance);
        Console.WriteLine("open");
        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var reason = string.Create(CultureInfo.InvariantCulture, $"{run} {caller} {i}");
                var receipt = await log.AppendAsync(new AuditEntry
                {
                    Actor = "anna",
                    Role = "analyst",
                    Act = AuditActions.ReadEvidence,
                    Outcome = AuditActions.Allow,
                    Reason = reason
                }, default);
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"held {receipt.Sequence} {receipt.Hash}"));
            }
        })));
    }
}
