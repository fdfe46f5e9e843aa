// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Cli.Configuring;

/// <summary>Lists, exporters and reporters that two people signed: they count from the governance in force, nowhere else, and
/// an unsigned change counts nowhere (attacks 24 and 28).</summary>
public sealed class GovernedConfigurationTests : IDisposable
{
    private const string Lists = """
        settings: |
          matching:
            lists:
              - name: ours
                path: /etc/weir/ours.txt
          store:
            retention-days: 5
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-governed-").FullName;
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);

    private string Configuration => Path.Combine(_folder, "weir.yaml");

    /// <summary>Digests of what was written before, all of which the next may replace.</summary>
    private readonly List<string> _written = [];

    private string Governance => Path.Combine(_folder, "governance.yaml");

    public void Dispose()
    {
        _ana.Dispose();
        _petra.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_process_takes_what_was_signed_and_keeps_to_it_while_a_change_waits()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        var read = Read();
        Assert.Empty(read.Faults);
        Assert.Equal("ours", Assert.Single(read.Value.Matching.Lists).Name);
        Assert.Equal(5, read.Value.Store.RetentionDays);
        Keep();

        Govern(Lists.Replace("ours.txt", "theirs.txt", StringComparison.Ordinal), _ana);
        Assert.Equal("/etc/weir/ours.txt", Read().Value.Matching.Lists[0].Path);
        Assert.Contains("two people have to", Keep().Waits, StringComparison.Ordinal);
        Govern(Lists.Replace("ours.txt", "theirs.txt", StringComparison.Ordinal), _ana, _petra);
        Assert.Equal("/etc/weir/theirs.txt", Read().Value.Matching.Lists[0].Path);
    }

    [Fact]
    public void What_stands_in_both_is_read_as_the_file_says_by_who_only_looks_and_is_a_fault()
    {
        Configure("matching: {lists: [{name: theirs, path: /etc/weir/theirs.txt}]}\n");
        Govern(Lists, _ana, _petra);

        var read = GovernedConfiguration.ReadFile(Configuration);

        Assert.True(Assert.Single(read.Faults).IsTwice);
        Assert.Equal("theirs", Assert.Single(read.Value.Matching.Lists).Name);
        Assert.Equal(5, read.Value.Store.RetentionDays);
    }

    [Fact]
    public void Nothing_is_kept_by_who_only_looks()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        _ = Read();

        Assert.False(Directory.Exists(Path.Combine(_folder, "process")));
    }

    [Fact]
    public void What_is_governed_may_not_stand_in_the_file_too()
    {
        Configure("matching:\n  allow: [198.51.100.0/24]\n  lists: []\n");
        Govern(Lists, _ana, _petra);

        var fault = Assert.Single(Read().Faults);
        Assert.Contains("matching.lists is governed", fault.Sentence, StringComparison.Ordinal);
        Assert.Equal("matching.lists", fault.Path);
        Assert.True(fault.Line > 0);
    }

    /// <summary>In the midst of a change of the governance people go on working.</summary>
    [Fact]
    public void Commands_find_the_desk_while_something_else_in_the_file_is_wrong()
    {
        Configure("control: {socket: /run/c.sock}\nmatching:\n  lists: []\n");
        Govern(Lists, _ana, _petra);
        Assert.Single(Read().Faults);

        Assert.Equal("/run/c.sock", ApiOption.PathOf(null, Configuration));
        Assert.Equal("/run/other.sock", ApiOption.PathOf("/run/other.sock", Configuration));
        Configure("control: {socket: 7, sockets: x}\n");
        Assert.Contains("control", Assert.Throws<OperatorException>(
            () => ApiOption.PathOf(null, Configuration)).Message, StringComparison.Ordinal);

        Assert.Equal(Configuration, ConfigOption.Usual(Configuration));
        Assert.Null(ConfigOption.Usual(Configuration + ".absent"));
    }

    /// <summary>weir dump prints a file to begin with.</summary>
    [Fact]
    public void What_is_dumped_beside_its_governance_is_sound_and_shows_what_is_governed_as_comments()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        var read = Read();
        Assert.Empty(read.Faults);

        var dumped = ConfigurationWriter.Dump(read.Value, GovernedConfiguration.Governed(read.Value));

        Assert.Contains("  # retention-days: 5\n", dumped, StringComparison.Ordinal);
        Assert.Contains("    # - name: ours\n", dumped, StringComparison.Ordinal);
        File.WriteAllText(Configuration, dumped);
        var again = Read();
        Assert.Empty(again.Faults);
        Assert.Equal(5, again.Value.Store.RetentionDays);
        Assert.Equal("ours", Assert.Single(again.Value.Matching.Lists).Name);
    }

    [Fact]
    public void The_rest_of_a_governed_section_stands_in_the_file()
    {
        Configure("matching:\n  allow: [198.51.100.0/24]\nstore:\n");
        Govern(Lists, _ana, _petra);
        var read = Read();

        Assert.Empty(read.Faults);
        Assert.Single(read.Value.Matching.Allow);
        Assert.Single(read.Value.Matching.Lists);
        Assert.Equal(5, read.Value.Store.RetentionDays);
    }

    [Fact]
    public void A_fault_of_what_is_governed_is_told_as_any_other()
    {
        Configure();
        Govern(Lists.Replace("retention-days: 5", "retention-days: 900", StringComparison.Ordinal), _ana, _petra);

        Assert.Contains(Read().Faults, fault =>
            fault.Sentence.Contains("store.retention-days is 900", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("settings: |\n  access:\n    analysts: [eve]\n", "has access, which does not belong there")]
    [InlineData("settings: |\n  governance:\n    file: /tmp/mine\n", "has governance, which does not belong there")]
    [InlineData("settings: |\n  matching: {{\n", "is no part of a weir.yaml")]
    [InlineData("settings: nonsense\n", "is no part of a weir.yaml")]
    [InlineData("settings: \"matching: ${HOME}\"\n", "the environment has no variable HOME")]
    [InlineData("event-keys: [\"desk desk ed25519:AAAA\"]\n", "is no key; write")]
    public void A_governance_that_says_what_none_may_is_not_in_force(string more, string sentence)
    {
        Configure();
        Govern(more, _ana, _petra);

        Assert.Contains(sentence, Keep().Waits, StringComparison.Ordinal);
        Assert.Empty(Read().Value.Matching.Lists);
    }

    [Fact]
    public void What_two_people_should_answer_for_and_do_not_is_named()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        var open = GovernedConfiguration.NotGoverned(Read().Value);

        Assert.Contains("event keys", open);
        Assert.Contains("complaints.reporters", open);
        Assert.DoesNotContain("matching.lists", open);
        Assert.DoesNotContain("store.retention-days", open);
    }

    [Fact]
    public void Exporters_stand_in_the_governance_alone_and_the_fault_has_its_line()
    {
        Configure("collecting:\n  exporters:\n    - network: 192.0.2.0/28\n");
        Govern(Lists, _ana, _petra);
        var fault = Assert.Single(Read().Faults);
        Assert.Equal("collecting.exporters", fault.Path);
        Assert.True(fault.Line > 0);
        Assert.Contains("which two people sign for outside a lab", fault.Sentence, StringComparison.Ordinal);

        Configure("collecting:\n  exporters: []\n");
        Govern(Lists, _ana, _petra);
        Assert.Empty(Read().Faults);

        Configure();
        Govern(Lists + Exporters("192.0.2.0/28"), _ana, _petra);
        var read = Read();
        Assert.Empty(read.Faults);
        Assert.Single(read.Value.Collecting.Exporters);
    }

    [Theory]
    [InlineData("10.0.0.0/15", "/16")]
    [InlineData("0.0.0.0/0", "/16")]
    [InlineData("2001:db8::/47", "/48")]
    [InlineData("10.0.0.0/16", null)]
    [InlineData("2001:db8::/48", null)]
    [InlineData("192.0.2.1", null)]
    public void A_network_of_exporters_is_no_wider_than_routers_need(string network, string? widest)
    {
        Configure();
        Govern(Lists + Exporters(network), _ana, _petra);
        var faults = Read().Faults;
        Assert.Equal(widest is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.Contains(
            $"collecting.exporters[0].network is {network}, and may be no wider than {widest}", fault.Sentence,
            StringComparison.Ordinal));
    }

    [Fact]
    public void A_lab_names_its_exporters_where_it_likes()
    {
        File.WriteAllText(Configuration, """
            profile: lab
            attributing:
              networks:
                - prefix: 192.0.2.0/24
            collecting:
              exporters:
                - network: 0.0.0.0/0
            """);
        Assert.Empty(Read().Faults);
    }

    /// <summary>Two people sign which lists there are, and one who may write the file of one changes what is in it.
    /// </summary>
    [Fact]
    public void A_check_names_the_lists_that_no_owner_signs()
    {
        Configure();
        Govern(Lists.Replace("/etc/weir/ours.txt", "/etc/weir/ours.txt\n      - name: theirs"
            + $"\n        path: /etc/weir/theirs.txt\n        owner: {_ana.Key.Public}", StringComparison.Ordinal),
            _ana, _petra);
        Assert.Equal(["ours"], GovernedConfiguration.UnsignedLists(Read().Value));
        using var output = new StringWriter();
        _ = CheckCommand.Create().Parse(["--config", Configuration])
            .Invoke(new() { Output = output, Error = TextWriter.Null });
        Assert.Contains("signed by no owner", output.ToString(), StringComparison.Ordinal);

        File.Delete(Governance);
        Assert.Empty(GovernedConfiguration.UnsignedLists(Read().Value));
    }

    [Fact]
    public void A_kept_copy_that_is_damaged_is_told_at_the_place_of_its_section()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        _ = Keep();
        File.WriteAllText(GovernanceKeeper.KeptIn(Path.Combine(_folder, "process")), "people: {{\n");

        var fault = Assert.Single(Read().Faults);
        Assert.Contains("the kept copy of what is governed is damaged", fault.Sentence, StringComparison.Ordinal);
        Assert.Equal((3, 3), (fault.Line, fault.Column));
    }

    [Fact]
    public void A_difference_is_told_line_by_line()
    {
        Configure();
        Govern(Lists, _ana, _petra);
        var before = GovernanceFile.Read(Governance);
        Govern(Lists.Replace("ours.txt", "theirs.txt", StringComparison.Ordinal), _ana);

        Assert.Equal(
            ["-         path: /etc/weir/ours.txt", "+         path: /etc/weir/theirs.txt"],
            GovernanceFile.Differences(before, GovernanceFile.Read(Governance))
                .Where(line => !line.Contains("replaces:", StringComparison.Ordinal)));
    }

    private static string Exporters(string network) =>
        $"\n  collecting:\n    exporters:\n      - network: \"{network}\"\n";

    private void Configure(string more = "") => File.WriteAllText(Configuration, $"""
        profile: us-provider
        governance:
          file: {Governance}
          anchor: {Path.Combine(_folder, "trust-anchor")}
        attributing:
          networks:
            - prefix: 192.0.2.0/24
        vault:
          socket: /run/weir/vault.sock
        {more}
        """);

    private void Govern(string more, params SigningPerson[] signers)
    {
        var text = $"""
            instance: test-net
            profile: us-provider
            replaces: [{string.Join(", ", _written.Select(digest => $"\"{digest}\""))}]
            people:
              - name: ana
                role: analyst
                keys: ["{_ana.Key.Public}"]
              - name: petra
                role: privacy-officer
                keys: ["{_petra.Key.Public}"]
            {more}
            """;
        File.WriteAllText(Governance, text);
        _written.Add(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Governance))));
        var folder = Directory.CreateDirectory(SignedGovernance.SignaturesOf(Governance)).FullName;
        foreach (var old in Directory.GetFiles(folder))
        {
            File.Delete(old);
        }

        foreach (var person in signers)
        {
            File.WriteAllText(
                Path.Combine(folder, person.Name + ".sig"),
                person.Key.Sign(text, SignatureNamespace.Governance).ToString());
        }

        var anchor = Path.Combine(_folder, "trust-anchor");
        if (!File.Exists(anchor))
        {
            TrustAnchor.Write(
                anchor, ((SigningPerson[])[_ana, _petra]).Select(one => (one.Key.Public.Fingerprint, one.Name)));
        }
    }

    private ConfigurationReading<WeirConfiguration> Read() =>
        GovernedConfiguration.ReadFor(Configuration, _ => Path.Combine(_folder, "process"));

    /// <summary>As a process does that runs.</summary>
    private GovernanceInForce Keep() => new GovernanceKeeper(
        new() { File = Governance, Anchor = Path.Combine(_folder, "trust-anchor") }, Path.Combine(_folder, "process"),
        TimeProvider.System).Load();
}
