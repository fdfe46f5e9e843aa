// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli;
using Weir.Cli.Entry;
using Weir.Contracts.Policy;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Commands;

/// <summary>A governance to begin with has the settings that two people answer for before it is signed.</summary>
public sealed class GovernanceNewTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-new-").FullName;
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);

    public void Dispose()
    {
        _ana.Dispose();
        _petra.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sections_of_a_file_stand_in_it_as_they_were_written()
    {
        var settings = Write("settings.yaml", "collecting:\n  exporters:\n\n    - network: 192.0.2.0/28\n");

        var document = ConfigurationReader.Read<GovernanceDocument>(await NewAsync("--settings", settings), _ => null);

        Assert.Empty(document.Faults);
        Assert.Equal("collecting:\n  exporters:\n\n    - network: 192.0.2.0/28\n", document.Value.Settings);
        Assert.Equal(["collecting.exporters"], GovernedSettings.Paths(document.Value.Settings));
        Assert.DoesNotContain("settings", await NewAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_file_are_governed_from_the_first_governance_on()
    {
        var written = await NewAsync("--settings", Write(
            "settings.yaml", "collecting:\n  exporters:\n    - network: 192.0.2.0/28\n\nstore:\n  retention-days: 5\n"));

        var reading = ConfigurationReader.Read<GovernanceDocument>(written, _ => null);
        Assert.Empty(reading.Faults);
        Assert.Equal(["collecting.exporters", "store.retention-days"], GovernedSettings.Paths(reading.Value.Settings));
    }

    [Theory]
    [InlineData("no sections", "")]
    [InlineData("profile: us-provider\n", "")]
    [InlineData("collecting:\n\texporters: []\n", "")]
    [InlineData("access:\n  analysts: [ana]\n", "does not belong there")]
    [InlineData("collecting: [\n", "is no part of a weir.yaml")]
    public async Task What_is_no_settings_is_refused(string text, string why) => Assert.Contains(
        why, (await Assert.ThrowsAsync<OperatorException>(
            () => NewAsync("--settings", Write("settings.yaml", text)))).Message, StringComparison.Ordinal);

    private async Task<string> NewAsync(params string[] more)
    {
        var output = new StringWriter();
        _ = await CommandTree.Create().Parse(
        [
            "governance", "new", "--instance", "example-net", "--person", PersonOf(_ana), "--person", PersonOf(_petra), .. more,
        ]).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return output.ToString();
    }

    private string PersonOf(SigningPerson person) =>
        $"{person.Name}:{Actor.ToName(person.Role)}:{Write($"{person.Name}.pub", $"{person.Key.Public}\n")}";

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
