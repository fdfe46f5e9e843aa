// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Tests.Blocking;

namespace Weir.Tests.Store;

public sealed class MitigationJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-journal-").FullName;

    private string File => Path.Combine(_folder, "blocks.db");

    [Fact]
    public async Task Leases_come_back_as_they_were_and_the_file_is_the_owners_alone()
    {
        var rows = new[]
        {
            MitigationSamples.Lease("flowspec 198.51.100.7/32 tcp 443 rate=9 line=100.64.0.9/32", ulong.MaxValue),
            MitigationSamples.Lease("name bad.example nxdomain", 2, LeaseState.Planned)
        }.Select(LeaseRow.From).ToList();
        using (var journal = MitigationJournal.Open(File))
        {
            await journal.WriteAsync(rows, CancellationToken.None);
            await journal.WriteAsync([rows[1] with
            {
                State = LeaseState.Expired,
                StateMs = 5_000,
                NonCaseSubjects = null,
                Subjects = null,
                CountedMs = null
            }], CancellationToken.None);
        }

        using var again = MitigationJournal.Open(File);
        var all = await again.LoadAsync(DateTimeOffset.FromUnixTimeMilliseconds(5_000), CancellationToken.None);
        Assert.Equal(rows[0], all.Single(r => r.Id == ulong.MaxValue));
        Assert.Null(all.Single(r => r.Id == 2).NonCaseSubjects);
        Assert.Equal([ulong.MaxValue], (await again.LoadAsync(
            DateTimeOffset.FromUnixTimeMilliseconds(5_001), CancellationToken.None)).Select(r => r.Id));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task Rows_that_do_not_hold_are_written_together_or_not_at_all()
    {
        using var journal = MitigationJournal.Open(File);
        var good = LeaseRow.From(MitigationSamples.Lease("blackhole 198.51.100.7/32"));

        var fault = await Assert.ThrowsAsync<MitigationJournalException>(
            () => journal.WriteAsync([good, good with { Id = 2, ApprovedMs = null }], CancellationToken.None));

        Assert.Contains(File, fault.Message);
        Assert.Empty(await journal.LoadAsync(DateTimeOffset.UnixEpoch, CancellationToken.None));
    }

    [Fact]
    public async Task The_address_of_a_line_is_gone_from_the_file_once_its_block_is_over()
    {
        var lease = MitigationSamples.Lease("flowspec 198.51.100.7/32 tcp 443 discard line=100.64.77.88/32");
        using (var journal = MitigationJournal.Open(File))
        {
            await journal.WriteAsync([LeaseRow.From(lease)], CancellationToken.None);
            await journal.WriteAsync(
                [LeaseRow.From(lease with { State = LeaseState.Expired, Target = lease.Target.WithoutLine() })],
                CancellationToken.None);
        }

        Assert.All(Directory.GetFiles(_folder), path =>
            Assert.DoesNotContain("100.64.77.88", Encoding.ASCII.GetString(System.IO.File.ReadAllBytes(path))));
    }

    [Fact]
    public void A_file_that_is_no_journal_is_told()
    {
        System.IO.File.WriteAllText(File, new string('x', 5_000));
        Assert.Contains(
            "restore it from a backup", Assert.Throws<MitigationJournalException>(() => MitigationJournal.Open(File)).Message);
    }

    [Fact]
    public async Task A_file_that_goes_away_is_noticed()
    {
        using var journal = MitigationJournal.Open(File);
        await journal.ProbeAsync(CancellationToken.None);
        await journal.ProbeAsync(CancellationToken.None);
        System.IO.File.Delete(File);

        Assert.Contains("is gone", (await Assert.ThrowsAsync<MitigationJournalException>(
            () => journal.ProbeAsync(CancellationToken.None))).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
