// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>The audit under kill -9 and on a disk that is really full.</summary>
public sealed class AuditKillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_every_acknowledged_entry_is_there_and_the_chain_is_sound()
    {
        var log = _folder.At("audit");
        var moments = new Random(8_785);
        var held = new Dictionary<long, string>();
        for (var run = 0; run < 12 * Endurance.Times; run++)
        {
            await RunAndKillAsync(log, run, moments, held);

            // What a crash left may lack the end of its last line, and nothing else.
            Assert.All(AuditVerifier.Verify(log).Faults, fault => Assert.Contains("line feed", fault.What));
        }

        await using (FileAuditLog.Open(
            new AuditOptions { Directory = log }, TimeProvider.System, NullLogger<FileAuditLog>.Instance))
        {
        }

        var verdict = AuditVerifier.Verify(log);
        Assert.Equal([], verdict.Faults);
        var entries = AuditReader.Entries(log).ToDictionary(e => e.Sequence, e => e.Hash);
        Assert.True(held.Count > 1_000, $"only {held.Count} entries were acknowledged");
        Assert.All(held, h => Assert.Equal(h.Value, entries[h.Key]));
        Assert.True(verdict.Heads > 24, $"only {verdict.Heads} heads");
        Assert.Equal(0, (await WeirProcess.RunAsync("audit", "verify", "--dir", log)).ExitCode);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_act_and_room_lets_the_next_one_through()
    {
        var place = _folder.At("disk");
        using var disk = SmallDisk.Mount(place, 4);
        var (acknowledged, refused) = (new List<string>(), 0);
        var directory = Path.Combine(place, "audit");
        await using (var log = FileAuditLog.Open(
            new AuditOptions { Directory = directory }, TimeProvider.System, NullLogger<FileAuditLog>.Instance))
        {
            disk.Fill(3);
            for (var i = 0; i < 400; i++)
            {
                try
                {
                    acknowledged.Add((await log.AppendAsync(Long(i), default)).Hash);
                }
                catch (AuditException full)
                {
                    Assert.Contains("the act is refused", full.Message);
                    refused++;
                }
            }

            Assert.True(refused > 100, $"only {refused} of 400 entries were refused");
            Assert.Contains("cannot be made durable", log.State.Fault);
            Assert.Equal(refused, log.State.Failures);
            Assert.Equal([], AuditVerifier.Verify(directory).Faults);

            disk.Empty();
            acknowledged.Add((await log.AppendAsync(Long(1_000), default)).Hash);
            Assert.Equal("", log.State.Fault);
        }

        Assert.Equal([], AuditVerifier.Verify(directory).Faults);
        Assert.Equal(acknowledged, AuditReader.Entries(directory)
            .Where(e => e.Entry.Act == AuditActions.ReadEvidence).Select(e => e.Hash));
    }

    private static AuditEntry Long(int i) =>
        new()
        {
            Actor = "anna",
            Role = "analyst",
            Act = AuditActions.ReadEvidence,
            Outcome = AuditActions.Allow,
            Rows = i,
            Reason = new string('x', 10_000)
        };

    private static async Task RunAndKillAsync(string log, int run, Random moments, Dictionary<long, string> held)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "Weir.SpoolVictim.dll"), "audit", log,
            run.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using var victim = Process.Start(start)!;
        Assert.Equal("open", await victim.StandardOutput.ReadLineAsync());
        var reading = Task.Run(async () =>
        {
            while (await victim.StandardOutput.ReadLineAsync() is { } line)
            {
                // The last line may have been cut by the kill.
                if (line.Split(' ') is ["held", var sequence, { Length: 64 } hash])
                {
                    held.Add(long.Parse(sequence, CultureInfo.InvariantCulture), hash);
                }
            }
        });
        await Until.AnyMomentAsync(moments, 400);
        victim.Kill();
        await victim.WaitForExitAsync();
        await reading;
    }
}
