// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
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
    }
}
