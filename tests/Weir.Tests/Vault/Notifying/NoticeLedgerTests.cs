// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;

namespace Weir.Tests.Vault.Notifying;

public sealed class NoticeLedgerTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 15, 0, 123, TimeSpan.Zero);
    private static readonly NoticeReceipt Proof = new(
        NoticeOutcome.Delivered, "mail", "250 2.0.0", new string('a', 64), "de", At);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ledger-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "notified");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_delivery_is_known_after_a_restart_with_its_proof()
    {
        var ledger = new NoticeLedger(Path);
        ledger.Note(new CaseId(1), NoticeStep.Found, Proof, "250 2.0.0 queued as 4F2A\r\nand\tmore");
        ledger.Note(new CaseId(1), NoticeStep.Found, Proof with { Reply = "251" }, "again");
        ledger.Note(new CaseId(1), NoticeStep.Clean, Proof with { Language = "en" }, "");

        var again = new NoticeLedger(Path);

        Assert.Equal(Proof, again.Find(new CaseId(1), NoticeStep.Found));
        Assert.Equal("en", again.Find(new CaseId(1), NoticeStep.Clean)!.Language);
        Assert.Null(again.Find(new CaseId(2), NoticeStep.Found));
        Assert.Equal(2, again.Count);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_write_that_was_torn_anywhere_leaves_what_was_before_it_and_takes_the_next()
    {
        var ledger = new NoticeLedger(Path);
        ledger.Note(new CaseId(1), NoticeStep.Found, Proof, "250 ok");
        var whole = File.ReadAllBytes(Path);
        ledger.Note(new CaseId(2), NoticeStep.Found, Proof, "250 ok, größer");
        var both = File.ReadAllBytes(Path);
        for (var length = whole.Length; length < both.Length; length++)
        {
            File.WriteAllBytes(Path, both[..length]);

            var torn = new NoticeLedger(Path);
            Assert.NotNull(torn.Find(new CaseId(1), NoticeStep.Found));
            Assert.Null(torn.Find(new CaseId(2), NoticeStep.Found));
            torn.Note(new CaseId(3), NoticeStep.Relapsed, Proof, "250");
            Assert.Equal(2, new NoticeLedger(Path).Count);
        }
    }

    [Fact]
    public void What_is_left_of_a_write_that_failed_goes_with_the_next()
    {
        var ledger = new NoticeLedger(Path);
        ledger.Note(new CaseId(1), NoticeStep.Found, Proof, "250 ok");
        File.AppendAllText(Path, "2026-03-02T08:15:00.123Z\t0000");
        ledger.Note(new CaseId(2), NoticeStep.Found, Proof, "250 ok");

        var again = new NoticeLedger(Path);
        Assert.Equal((Proof, Proof, 2), (
            again.Find(new CaseId(1), NoticeStep.Found), again.Find(new CaseId(2), NoticeStep.Found), again.Count));
    }

    [Fact]
    public void A_line_that_cannot_be_read_refuses_the_start()
    {
        File.WriteAllText(Path, "something else\n");

        Assert.Contains(
            "notified:1", Assert.Throws<InvalidDataException>(() => new NoticeLedger(Path)).Message,
            StringComparison.Ordinal);
    }
}
