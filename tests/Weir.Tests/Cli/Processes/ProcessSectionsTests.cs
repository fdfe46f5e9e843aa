// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Configuration;

namespace Weir.Tests.Cli.Processes;

/// <summary>Sections of other processes in a process's configuration: it says that it does not read them, and what is
/// wrong there keeps it from nothing.</summary>
public sealed class ProcessSectionsTests : IDisposable
{
    private const string Networks = "attributing: {networks: [{prefix: 192.0.2.0/24}]}\n";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Every_section_is_read_by_some_process() =>
        Assert.All(Schema.Of(typeof(WeirConfiguration)), section => Assert.Contains(
            ProcessSections.Processes, process => ProcessSections.Reads(process, section.Key)));

    [Theory]
    [InlineData("collector", "collecting.lanes", true)]
    [InlineData("collector", "attributing.networks[0]", true)]
    [InlineData("collector", "vault.socket", true)]
    [InlineData("collector", "vault", true)]
    [InlineData("collector", "vault.identity.sources[0]", false)]
    [InlineData("collector", "notifying.channels[0].url", false)]
    [InlineData("collector", "vaults", true)]
    [InlineData("store", "decoding.active-timeout", true)]
    [InlineData("store", "cases.dir", false)]
    [InlineData("desk", "matching.lists[0].path", true)]
    [InlineData("desk", "collecting.listen", false)]
    [InlineData("vault", "control.socket", true)]
    [InlineData("vault", "evidence.size", false)]
    [InlineData("vault", "access.analysts[1]", true)]
    public void A_process_reads_its_own_sections_and_who_the_others_are(string process, string path, bool reads) =>
        Assert.Equal(reads, ProcessSections.Reads(process, path));

    [Fact]
    public void A_fault_of_another_s_section_is_a_warning_with_its_place_and_the_process_starts()
    {
        var (code, said, warned) = Check("collector", Networks + "blocking: {enabled: true}\n");

        Assert.Equal(
            (0, $"{_file}: sound for weir collector, profile us-provider; weir collector does not read blocking\n"),
            (code, said));
        Assert.StartsWith($"{_file}:2:21: warning: blocking.enabled is true, and there is neither", warned);
        Assert.EndsWith("; weir collector does not read it\n", warned);
    }

    [Theory]
    [InlineData("desk", "blocking: {enabled: true}\n")]
    [InlineData("collector", "collecting: {lanes: 0}\n")]
    [InlineData("collector", "nonsense: 1\n")]
    [InlineData("collector", "vault: [x]\n")]
    [InlineData("vault", "access: {analysts: [ana], operators: [ana]}\n")]
    public void A_fault_of_its_own_stops_it(string process, string section)
    {
        var (code, said, told) = Check(process, Networks + section);

        Assert.Equal((2, ""), (code, said));
        Assert.StartsWith($"{_file}:2:", told);
        Assert.DoesNotContain("warning", told, StringComparison.Ordinal);
    }

    private (int Code, string Said, string Told) Check(string process, string text)
    {
        File.WriteAllText(_file, text);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = CheckCommand.Create().Parse(["--config", _file, "--process", process])
            .Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
