// SPDX-License-Identifier: Apache-2.0
//
// A start that the policy refuses leaves a trace: who loosens a rule is on record even though nothing ran. Only where
// the rest of the file is sound enough to say where the record is.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands.Processes;

internal static class RefusedStart
{
    /// <summary>Writes one entry with every fault of the policy; where the record cannot be had, says so.</summary>
    public static async Task TellAsync(
        ConfigurationReading<WeirConfiguration> reading, TimeProvider time, TextWriter error, CancellationToken cancel)
    {
        var faults = PolicyRules.Check(reading.Value).Select(fault => $"{fault.Path} {fault.Sentence}").ToList();
        if (faults.Count == 0)
        {
            return;
        }

        try
        {
            await using var audit = FileAuditLog.Open(
                reading.Value.Auditing with
                {
                    Version = VersionAction.Text, Beside = reading.Value.Cases.RecordsFile,
                },
                time, NullLogger<FileAuditLog>.Instance);
            await audit.AppendAsync(
                new AuditEntry
                {
                    Actor = Environment.UserName,
                    Role = Actor.ToName(Role.Administrator),
                    Act = AuditActions.PolicyRefused,
                    Outcome = AuditActions.PolicyRefused,
                    Rows = faults.Count,
                    Reason = string.Join("; ", faults),
                },
                cancel);
        }
        catch (Exception refused) when (refused is AuditException or ArgumentOutOfRangeException)
        {
            await error.WriteLineAsync($"auditing.dir: the refused start is on no record: {refused.Message}");
        }
    }
}
