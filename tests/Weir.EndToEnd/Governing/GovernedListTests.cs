// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Governing;

/// <summary>Settings that two people answer for, in the running processes: a change that both signed is taken without a
/// stop, one that one alone signed is told and counts nowhere.</summary>
public sealed class GovernedListTests : IDisposable
{
    private const string Entries = "weir_lists_entries";
    private const string Allowed = "matching.allow";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "24")]
    [Trait("Attack", "28")]
    [Fact]
    public async Task A_list_is_taken_when_the_second_of_two_signed_it()
    {
        Need.Programs("ssh-keygen");
        var place = ServeFixture.MakeOwn(
            _folder, ["198.51.100.0/24"], ["203.0.113.9:4443"], "", "us-provider", (Environment.UserName, "analyst"));
        await using var weir = await RunningWeir.StartAsync(place);
        const string settings = Governed.Inputs + "  matching:\n    allow: [192.0.2.0/25, 192.0.2.128/25]\n";

        place.Governed!.Change(settings, signers: 1);
        await weir.UntilAsync("it is told that it waits", () => Task.FromResult(
            weir.Log.Contains("governance waits", StringComparison.Ordinal)
            && weir.Log.Contains("two people have to", StringComparison.Ordinal)));
        Assert.Equal(0, await weir.SumAsync(Entries, Allowed));
        var waiting = await WeirProcess.RunAsync(
            "governance", "diff", _folder.At("weir/desk/governance/governance.yaml"), place.Governed.FilePath);
        Assert.Contains("+     allow: [192.0.2.0/25, 192.0.2.128/25]", waiting.Out, StringComparison.Ordinal);
        Assert.Contains("would wait", waiting.Out, StringComparison.Ordinal);

        place.Governed.Change(settings, signers: 2);
        await weir.UntilAsync("it is in force", async () => await weir.SumAsync(Entries, Allowed) == 2);
        Assert.Equal(0, await weir.StopAsync());
        var checkedFile = await WeirProcess.RunAsync("check", "--config", place.Configuration);
        Assert.Contains("not governed", checkedFile.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Allowed, checkedFile.Out, StringComparison.Ordinal);
        Assert.Contains("signed by no owner", checkedFile.Out, StringComparison.Ordinal);
        Assert.Contains("test-c2", checkedFile.Out, StringComparison.Ordinal);
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task A_list_is_in_force_as_its_owner_signed_it_whoever_edits_the_file()
    {
        Need.Programs("ssh-keygen");
        const string Owner = "nobody-at-all-1";
        const string Theirs = "\"theirs\"";
        var place = ServeFixture.MakeOwn(
            _folder, ["198.51.100.0/24"], [], "", "us-provider", (Environment.UserName, "auditor"));
        var yaml = await File.ReadAllTextAsync(place.Configuration);
        await File.WriteAllTextAsync(place.Configuration, yaml.Replace(
            $"matching:\n  lists:\n    - name: test-c2\n      path: {_folder.At("provider/watchlist.txt")}\n", "",
            StringComparison.Ordinal));
        var key = (await File.ReadAllTextAsync(place.Governed!.KeyOf(Owner) + ".pub")).Trim();
        var list = _folder.File("theirs.txt", "203.0.113.9:4443\n203.0.113.10:4443\n");
        await SignAsync();
        place.Governed.Change(
            Governed.Inputs + "  matching:\n    lists:\n      - name: theirs\n"
                + $"        path: {list}\n        owner: \"{key}\"\n",
            signers: 2);

        await using (var weir = await RunningWeir.StartAsync(place))
        {
            Assert.Equal(2, await weir.SumAsync(Entries, Theirs));
            await File.AppendAllTextAsync(list, "203.0.114.0/24\n");
            await weir.HangUpAsync();
            await weir.UntilAsync("the edit is refused", async () =>
                await weir.SumAsync("weir_lists_refused_copies_total", "other-octets") == 1);
            Assert.Equal(2, await weir.SumAsync(Entries, Theirs));
            Assert.Contains("theirs.txt.sig is over other octets", weir.Log, StringComparison.Ordinal);

            string[] verify = ["watchlist", "verify", "--socket", place.Control, "-o", "json"];
            var verified = await WeirProcess.RunAsync(verify);
            Assert.Equal(1, verified.ExitCode);
            Assert.Contains("not-signed", verified.Out, StringComparison.Ordinal);
            var again = await WeirProcess.RunAsync(verify);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("too-many-requests", again.Error, StringComparison.Ordinal);
            Assert.Equal(0, await weir.StopAsync());
        }

        // A start finds the edit, and goes on with what the owner signed; then the owner signs.
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            Assert.Equal(2, await weir.SumAsync(Entries, Theirs));
            await SignAsync();
            await weir.HangUpAsync();
            await weir.UntilAsync("it is in force", async () => await weir.SumAsync(Entries, Theirs) == 3);
            await weir.UntilAsync("it is on the chain", () => Task.FromResult(AuditReader.Entries(place.Audit).Any(
                one => one.Entry is { Act: AuditActions.ListInForce, Rows: 3 })));
            Assert.Equal(0, await weir.StopAsync());
        }

        Assert.Equal(2, AuditReader.Entries(place.Audit).Count(one =>
            one.Entry is { Act: AuditActions.RefuseList, Outcome: "other-octets" }));

        async Task SignAsync()
        {
            var signed = await WeirProcess.RunAsync(
                "watchlist", "sign", list, "--list", "theirs", "--key", place.Governed!.KeyOf(Owner));
            Assert.Equal((0, ""), (signed.ExitCode, signed.Error));
            Assert.StartsWith("weir-list/1\nlist: theirs\nsigned-at: ", signed.Out, StringComparison.Ordinal);
        }
    }
}
