// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli;
using Weir.Cli.Entry;
using Weir.Contracts.Policy;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Commands;

/// <summary><c>weir governance new</c>: settings that two people answer for stand in the first one.</summary>
public sealed class GovernanceNewCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-governance-").FullName;
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);

    public void Dispose()
    {
        _ana.Dispose();
        _petra.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Settings_of_a_file_are_governed_from_the_first_governance_on()
    {
        var written = await RunAsync("collecting:\n  exporters:\n    - network: 192.0.2.0/28\n\nstore:\n  retention-days: 5\n");

        var reading = ConfigurationReader.Read<GovernanceDocument>(written, _ => null);
        Assert.Empty(reading.Faults);
        Assert.Equal(["collecting.exporters", "store.retention-days"], GovernedSettings.Paths(reading.Value.Settings));
    }

    [Theory]
    [InlineData("access:\n  analysts: [ana]\n", "does not belong there")]
    [InlineData("collecting: [\n", "is no part of a weir.yaml")]
    public async Task What_may_not_stand_there_is_refused(string settings, string why) => Assert.Contains(
        why, (await Assert.ThrowsAsync<OperatorException>(() => RunAsync(settings))).Message, StringComparison.Ordinal);

    private async Task<string> RunAsync(string settings)
    {
        var file = Path.Combine(_folder, "settings.yaml");
        await File.WriteAllTextAsync(file, settings);
        foreach (var person in (SigningPerson[])[_ana, _petra])
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, person.Name + ".pub"), $"{person.Key.Public}\n");
        }

        var output = new StringWriter();
        _ = await CommandTree.Create().Parse([
            "governance", "new", "--instance", "example-net", "--settings", file,
            "--person", $"ana:analyst:{Path.Combine(_folder, "ana.pub")}",
            "--person", $"petra:privacy-officer:{Path.Combine(_folder, "petra.pub")}",
        ]).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return output.ToString();
    }
}
