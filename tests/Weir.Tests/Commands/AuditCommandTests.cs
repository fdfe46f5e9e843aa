// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Entry;
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
