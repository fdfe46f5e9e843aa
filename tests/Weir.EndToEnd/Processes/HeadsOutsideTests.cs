// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>Heads of the four processes at those who keep them outside, and the auditor who signs one: all of it by the
/// command line, against the real processes (rules.md R25).</summary>
[Collection(nameof(FourProcesses))]
public sealed class HeadsOutsideTests(FourProcesses four) : IDisposable
{
    private static readonly string[] Records = ["collector", "desk", "store", "vault"];

    private readonly TempFolder _folder = new();

    private static SystemUser Auditor => new("backup");

    private static SystemUser Operator => new("www-data");

    public void Dispose() => _folder.Dispose();

    /// <summary>A mail comes once an hour, with the first head; a post with each.</summary>
    [Trait("Attack", "31")]
    [Fact]
    public async Task Heads_come_by_mail_and_by_post_and_every_record_holds_against_them()
    {
        await four.StartedAsync();
        foreach (var record in Records)
        {
            _ = await four.Receivers.MailAsync($"[weir] the {record}'s record has ");
            await Until.IsSoAsync(() => Task.FromResult(four.Receivers.PostedOf(record) > 0));
        }

        var then = _folder.At("then");
        CopyLog(then);
        var had = AuditReader.Bounds(then)!.Value.Last.Sequence;
        _ = await four.ListAsync("case", "list");
        await Until.IsSoAsync(
            () => Task.FromResult(four.Receivers.PostedOf("desk") > had),
            told: () => $"{four.Receivers.PostedOf("desk")} of {had}");

        var posts = four.Receivers.WritePosts();
        foreach (var kept in (string[])[four.Receivers.Mails, posts])
        {
            foreach (var record in Records)
            {
                var now = await WeirProcess.RunAsync(
                    "audit", "verify", "--dir", Path.Combine(four.Place.Folder(record), "audit"), "--heads", kept);
                Assert.True(now.ExitCode == 0, now.Out + now.Error);
                Assert.Matches("held against [1-9][0-9]* heads kept outside, ([3-9]|[1-9][0-9]+) beside them", now.Out);
            }
        }

        // Set back to what it was, the record lacks what the receiver of posts has a head over.
        var back = await WeirProcess.RunAsync("audit", "verify", "--dir", then, "--heads", posts);
        Assert.Equal(1, back.ExitCode);
        Assert.Contains("cut after ", back.Out, StringComparison.Ordinal);
    }

    /// <summary>From any machine, by role, and not through folders of mode 0700.</summary>
    [Fact]
    public async Task An_auditor_reads_the_records_of_the_store_and_the_vault_by_role_alone()
    {
        await four.StartedAsync();
        await Until.IsSoAsync(() => Task.FromResult(Records.All(record => four.Receivers.PostedOf(record) > 0)));
        var posts = four.Receivers.WritePosts();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(posts, (UnixFileMode)0b110_100_100);
        foreach (var record in (string[])["store", "vault", "collector"])
        {
            string[] asked = ["audit", "verify", "--socket", four.Place.Control, "--record", record];
            var read = await Auditor.RunWeirAsync([.. asked, "--heads", posts]);
            Assert.True(read.ExitCode == 0, read.Out + read.Error);
            Assert.Matches("held against [1-9][0-9]* heads kept outside", read.Out);
            var folder = Path.Combine(four.Place.Folder(record), "audit");
            var refused = await Auditor.RunWeirAsync("audit", "verify", "--dir", folder);
            Assert.NotEqual(0, refused.ExitCode);
            refused = await four.Person.RunWeirAsync(asked);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("role-may-not", refused.Error, StringComparison.Ordinal);

            // Both chains say who read.
            Assert.Contains(AuditReader.Entries(folder), one => one.Entry.Act == AuditActions.ReadAudit
                && one.Entry.Reason == $"for {Auditor.Name}: key after 0");
            Assert.Contains(
                AuditReader.Entries(Path.Combine(four.Place.Folder("desk"), "audit")),
                one => one.Entry.Actor == Auditor.Name && one.Entry.Reason == $"of the {record}: key");
        }
    }

    [Fact]
    public async Task An_auditor_countersigns_over_the_socket_and_nobody_else_does()
    {
        await four.StartedAsync();
        var (mine, governance) = (Own("heads.signed", Auditor), four.Place.Governed);
        var before = Countersigned().Count;
        var signed = await CountersignAsync(Auditor, mine, governance.KeyOf(Auditor.Name));
        Assert.True(signed.ExitCode == 0, signed.Out + signed.Error);
        Assert.Contains("the desk has it on record", signed.Out, StringComparison.Ordinal);

        // It stands in the record, in the auditor's file, and ssh-keygen alone believes it.
        var entry = Countersigned()[before];
        Assert.Equal((Auditor.Name, "auditor", AuditActions.Allow), (entry.Actor, entry.Role, entry.Outcome));
        var (_, kept) = Assert.Single(Countersignature.In(mine));
        Assert.Equal((entry.Text, entry.Signature), (kept.Head, kept.Signature));
        var (signers, signature) = (
            _folder.File("signers", $"{Auditor.Name} {await File.ReadAllTextAsync(governance.KeyOf(Auditor.Name) + ".pub")}"),
            _folder.File("head.sig", kept.Signature));
        Assert.True(Governed.Verifies(signers, Auditor.Name, "weir-head", signature, kept.Head));
        Assert.False(Governed.Verifies(signers, Auditor.Name, "weir-approval", signature, kept.Head));

        // The next look begins by it; who verifies finds whose it is.
        signed = await CountersignAsync(Auditor, mine, governance.KeyOf(Auditor.Name));
        Assert.True(signed.ExitCode == 0, signed.Out + signed.Error);
        var looked = await Auditor.RunWeirAsync(
            "audit", "verify", "--socket", four.Place.Control, "--heads", mine, "--people", governance.FilePath);
        Assert.True(looked.ExitCode == 0, looked.Out + looked.Error);
        Assert.Contains("countersigned: 2 heads by auditors, 0 faults", looked.Out, StringComparison.Ordinal);

        // Another's key, and another's role.
        var other = await CountersignAsync(
            Auditor, Own("other.signed", Auditor), governance.KeyFor(Auditor.Name, Governed.Stranger));
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("which is no auditor's", other.Error, StringComparison.Ordinal);
        other = await CountersignAsync(Operator, Own("operator.signed", Operator), governance.KeyOf(Operator.Name));
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("role-may-not", other.Error, StringComparison.Ordinal);
        Assert.Equal(before + 2, Countersigned().Count);
    }

    private Task<WeirResult> CountersignAsync(SystemUser who, string to, string key) => who.RunWeirAsync(
        "audit", "countersign", "--socket", four.Place.Control, "--out", to, "--key", key, "--yes");

    private List<AuditEntry> Countersigned() =>
    [
        .. AuditReader.Entries(Path.Combine(four.Place.Folder("desk"), "audit"))
            .Where(one => one.Entry.Act == AuditActions.Countersign && one.Entry.Outcome == AuditActions.Allow)
            .Select(one => one.Entry),
    ];

    /// <summary>A file that this user may write, not there yet.</summary>
    private string Own(string name, SystemUser who)
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var own = Directory.CreateDirectory(_folder.At($"of-{who.Name}"));
        File.SetUnixFileMode(own.FullName, (UnixFileMode)0b111_111_111);
        return Path.Combine(own.FullName, name);
    }

    /// <summary>Heads first, so that there is an entry for all that they cover.</summary>
    private void CopyLog(string to)
    {
        _ = Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(Path.Combine(four.Place.Folder("desk"), "audit"))
            .Where(file => Path.GetFileName(file) != "lock").OrderByDescending(file => Path.GetFileName(file)[0]))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
