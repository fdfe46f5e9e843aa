// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Entry;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;
using Weir.Tests.Auditing;

namespace Weir.Tests.Commands;

public sealed class AuditCommandTests : IDisposable
{
    private readonly AuditFixture _place = new();
    private readonly StringWriter _output = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_sound_log_ends_with_0()
    {
        await _place.FillAsync(3);

        Assert.Equal(0, AuditCommand.Verify(_place.Directory, null, _output));
        Assert.StartsWith("sound: 13 entries from 1 on and 5 heads hold; 0 entries wait", _output.ToString());
    }

    [Fact]
    public async Task A_broken_log_ends_with_1_and_the_line_is_named()
    {
        await _place.FillAsync(3);
        var path = _place.Segments[0];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"rows\":2", "\"rows\":3", StringComparison.Ordinal));

        Assert.Equal(1, AuditCommand.Verify(_place.Directory, null, _output));
        Assert.Contains("broken: 000000000000001-2026-03-01.jsonl:4: entry 4 was changed", _output.ToString());
        Assert.Contains("BROKEN: 3 entries", _output.ToString());
    }

    [Fact]
    public async Task An_export_verifies_the_log_later_and_is_never_written_over()
    {
        await _place.FillAsync(3);
        var file = _place.Beside("out.ndjson");

        Assert.Equal(0, AuditCommand.Export(_place.Directory, file, _output));
        Assert.Equal(0, AuditCommand.Verify(_place.Directory, file, _output));
        Assert.Equal(
            ExitCode.Unreadable,
            Assert.Throws<OperatorException>(() => AuditCommand.Export(_place.Directory, file, _output)).ExitCode);
    }

    [Fact]
    public void A_folder_without_a_log_is_unreadable() =>
        Assert.Equal(
            ExitCode.Unreadable,
            Assert.Throws<OperatorException>(() => AuditCommand.Verify(_place.Directory, null, _output)).ExitCode);

    /// <summary>What each load of a list changed: the file that the log names, as it was, or a fault.</summary>
    [Fact]
    public async Task What_loads_of_lists_changed_is_held_against_the_log()
    {
        await _place.FillAsync(1);
        var folder = Directory.CreateDirectory(_place.Beside("list-differences")).FullName;
        var (named, kept) = (await NameAsync("weir-list-difference/1\n+ 192.0.2.1 c2\n"), "weir-list-difference/1\n");
        _ = await NameAsync("kept no longer\n");
        File.WriteAllText(Path.Combine(folder, named.Digest + ".txt"), named.Text);
        File.WriteAllText(Path.Combine(folder, ListDifferences.DigestOf(kept) + ".txt"), kept);

        Assert.Equal(0, AuditDifferences.Hold(_place.Directory, folder, _output));
        Assert.StartsWith(
            "differences hold: 1 files are what the log names, 1 that it names are not there as they were "
                + "(400 days are kept), 1 it does not name, 0 faults", _output.ToString());
        Assert.Equal(
            0, await CommandTree.RunAsync(["audit", "verify", "--dir", _place.Directory, "--differences", folder]));

        File.AppendAllText(Path.Combine(folder, named.Digest + ".txt"), "+ 192.0.2.2 c2\n");
        Assert.Equal(1, AuditDifferences.Hold(_place.Directory, folder, _output));
        Assert.Contains($"{named.Digest}.txt was altered: it is ", _output.ToString());
        Assert.Equal(
            1, await CommandTree.RunAsync(["audit", "verify", "--dir", _place.Directory, "--differences", folder]));

        async Task<(string Digest, string Text)> NameAsync(string text)
        {
            var digest = ListDifferences.DigestOf(text);
            await using var log = _place.Open();
            await log.AppendAsync(
                AuditFixture.Entry(1) with { Act = AuditActions.ListInForce, Difference = digest, Added = 1 }, default);
            return (digest, text);
        }
    }

    [Fact]
    public async Task The_configuration_names_the_log()
    {
        await _place.FillAsync(1);
        var config = _place.Beside("weir.yaml");
        File.WriteAllText(
            config, $"attributing: {{networks: [{{prefix: 192.0.2.0/24}}]}}\nauditing: {{dir: {_place.Directory}}}\n");

        Assert.Equal(0, await CommandTree.RunAsync(["audit", "verify", "--config", config]));
        Assert.Equal(2, await CommandTree.RunAsync(["audit", "verify"]));
        Assert.Equal(2, await CommandTree.RunAsync(["audit", "verify", "--config", config, "--dir", _place.Directory]));
    }
}
