// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Contracts.Ssh;
using Weir.Hosting.Configuration;
using Weir.Tests.Matching;
using Weir.Tests.Support;

namespace Weir.Tests.Cli.Configuring;

public class ConfigurationDocsTests
{
    [Fact]
    public void The_default_file_is_fresh() =>
        RepositoryRoot.AssertFresh("config/weir.yaml", ConfigurationDocs.CommentedDefault(WeirConfiguration.Shipped()));

    [Fact]
    public void The_documentation_is_fresh() =>
        RepositoryRoot.AssertFresh("docs/50-configuration.md", ConfigurationDocs.Markdown(typeof(WeirConfiguration)));

    [Fact]
    public void The_default_file_says_what_is_the_default()
    {
        var read = ConfigurationReader.Read<WeirConfiguration>(ConfigurationDocs.CommentedDefault(WeirConfiguration.Shipped()), _ => null);

        Assert.Empty(read.Faults);
        Assert.Equal(ConfigurationWriter.Dump(WeirConfiguration.Shipped()), ConfigurationWriter.Dump(read.Value));
    }

    [Fact]
    public void Check_lists_every_fault_with_its_place_and_ends_with_2()
    {
        using var file = new Written(
            "collecting: {lanes: 0, batch: x}\nattributing: {networks: [{prefix: 192.0.2.0/24}]}\n");
        var (code, output, error) = Run(CheckCommand.Create(), "--config", file.Path);

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Equal(
            $"{file.Path}:1:21: collecting.lanes is 0; it must be between 1 and 64\n"
            + $"{file.Path}:1:31: collecting.batch must be a whole number without leading zeros, "
            + "signs or fractions, not 'x'\n",
            error);
    }

    [Fact]
    public void A_lab_that_left_the_shipped_networks_in_is_warned()
    {
        using var left = new Written(
            "profile: lab\nattributing: {networks: [{prefix: 192.0.2.0/24}, {prefix: \"2001:db8::/32\"}]}\n");
        Assert.Contains(
            "a placeholder", Run(CheckCommand.Create(), "--config", left.Path).Item3, StringComparison.Ordinal);

        using var own = new Written("profile: lab\nattributing: {networks: [{prefix: 192.0.2.0/25}]}\n");
        Assert.DoesNotContain(
            "a placeholder", Run(CheckCommand.Create(), "--config", own.Path).Item3, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_and_dump_end_with_0_on_a_sound_file()
    {
        using var file = new Written("attributing: {networks: [{prefix: 192.0.2.0/24}]}\n");
        var (sound, said, warned) = Run(CheckCommand.Create(), "--config", file.Path);
        Assert.Equal((0, $"{file.Path}: no fault, warnings: 5, profile us-provider\n"), (sound, said));
        Assert.All(
            (string[])
            [
                ":1:35: warning: attributing.networks[0].prefix is 192.0.2.0/24, a placeholder",
                ": warning: matching.lists has no list of C&Cs",
                ": warning: collecting.listen is on this machine alone",
                ": warning: vault.socket is not set",
            ],
            warning => Assert.Contains($"{file.Path}{warning}", warned, StringComparison.Ordinal));

        using var list = new Written("203.0.113.66");
        using var whole = new Written(
            "attributing: {networks: [{prefix: 100.64.0.0/10}]}\ncollecting: {listen: [\"0.0.0.0:2055\"]}\n"
            + $"matching: {{lists: [{{name: a, path: {list.Path}}}, {{name: b, path: /nowhere/b.txt}}]}}\n"
            + "vault: {socket: /run/weir/vault/vault.sock}\n");
        (_, said, warned) = Run(CheckCommand.Create(), "--config", whole.Path);
        Assert.Equal($"{whole.Path}: no fault, warnings: 2, profile us-provider\n", said);
        Assert.Contains("matching.lists[1].path: there is no /nowhere/b.txt", warned, StringComparison.Ordinal);

        var (code, dump, _) = Run(DumpCommand.Create(), "--config", file.Path);
        Assert.Equal(0, code);
        using var again = new Written(dump);
        Assert.Equal((0, dump, ""), Run(DumpCommand.Create(), "--config", again.Path));
        Assert.Equal((0, ConfigurationDocs.CommentedDefault(WeirConfiguration.Shipped()), ""), Run(DumpCommand.Create()));
    }

    [Fact]
    public void A_list_that_its_owner_did_not_sign_is_warned_of()
    {
        using var list = new Written("203.0.113.66\n");
        using var owner = new SshSigningKey();
        using var file = new Written(
            "profile: lab\nattributing: {networks: [{prefix: 100.64.0.0/10}]}\n"
            + $"matching: {{lists: [{{name: a, path: {list.Path}, owner: \"{owner.Public}\"}}]}}\n");
        var warned = Run(CheckCommand.Create(), "--config", file.Path).Item3;
        Assert.Contains(
            $":3:63: warning: matching.lists[0].owner: list a in {list.Path} is not taken, since its owner "
                + $"({owner.Public.Fingerprint})",
            warned, StringComparison.Ordinal);

        File.WriteAllText(list.Path + ".sig", OwnerOfLists.Sign(
            owner, "a", "203.0.113.66\n", TimeProvider.System.GetUtcNow()));
        Assert.DoesNotContain(
            "matching.lists[0].owner", Run(CheckCommand.Create(), "--config", file.Path).Item3,
            StringComparison.Ordinal);
        File.Delete(list.Path + ".sig");
    }

    private static (int Code, string Output, string Error) Run(Command command, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = command.Parse(arguments).Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    private sealed class Written : IDisposable
    {
        public Written(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
