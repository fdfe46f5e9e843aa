// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;

namespace Weir.Tests.Owning;

/// <summary>What <c>weir check</c> says of owners: two of one network, none, strangers and who cannot be asked, each at
/// its line and column.</summary>
public sealed class OwnersOptionsTests
{
    private const string Sound = """
        profile: lab
        attributing:
          networks:
            - prefix: 10.0.0.0/8
            - prefix: "2001:db8::/32"
        processes:
          collector:
            name: edge-1
            tls:
              listen: 127.0.0.1:8445
        owners:
          collectors:
            - name: edge-1
              connect: https://edge-1.example.net:8445
              networks: [10.0.0.0/9, "2001:db8::/32"]
            - name: edge-2
              connect: https://edge-2.example.net:8445
              networks: [10.128.0.0/9]
            - name: edge-3

        """;

    [Fact]
    public void Every_address_with_one_owner_is_sound_and_so_is_a_change_at_a_full_hour()
    {
        Assert.Empty(Read(Sound).Faults);
        Assert.Empty(Read(Sound + "  next:\n    - name: edge-2\n      networks: [10.0.0.0/8]\n    - name: edge-1\n"
            + "      networks: [\"2001:db8::/32\"]\n  next-from: 2027-01-04T06:00Z\n").Faults);
    }

    [Theory]
    [InlineData("[10.128.0.0/9]", "[10.128.0.0/9, 10.1.0.0/16]", 18, 32,
        "owners.collectors[1].networks[1] is 10.1.0.0/16, and edge-1 owns 10.0.0.0/9")]
    [InlineData("[10.128.0.0/9]", "[10.128.0.0/9, 10.0.0.0/8]", 18, 32,
        "owners.collectors[1].networks[1] is 10.0.0.0/8, and edge-1 owns 10.0.0.0/9")]
    [InlineData("[10.128.0.0/9]", "[10.128.0.0/10]", 13, 5,
        "owners.collectors leaves 10.0.0.0/8 of attributing.networks, or a part of it, without an owner")]
    [InlineData(", \"2001:db8::/32\"]", "]", 13, 5, "leaves 2001:db8::/32 of attributing.networks")]
    [InlineData("[10.128.0.0/9]", "[10.128.0.0/9, 192.0.2.0/24]", 18, 32,
        "owners.collectors[1].networks[1] is 192.0.2.0/24, and no network of attributing.networks lies in it")]
    [InlineData("    - name: edge-3", "    - name: edge-2", 19, 7, "owners.collectors[2] repeats edge-2")]
    [InlineData("    - name: edge-3", "    - name: Edge_3", 19, 13, "owners.collectors[2].name is 'Edge_3'")]
    [InlineData("    name: edge-1", "    name: edge-9", 13, 5,
        "names edge-1, edge-2, edge-3, and this collector is edge-9 (processes.collector.name)")]
    [InlineData("      listen: 127.0.0.1:8445", "      peers: []", 13, 7,
        "is this collector, which owns networks, and processes.collector.tls.listen is not set")]
    [InlineData("      connect: https://edge-2.example.net:8445\n", "", 16, 7, "owners.collectors[1] lacks connect")]
    [InlineData("https://edge-2.example.net:8445", "http://edge-2", 17, 16,
        "owners.collectors[1].connect is 'http://edge-2'")]
    [InlineData("    - name: edge-3\n", "    - name: edge-3\n"
        + "  next: [{name: edge-7, networks: [10.0.0.0/8, \"2001:db8::/32\"]}]\n  next-from: 2027-01-04T06:00Z\n", 20, 17,
        "owners.next[0].name is edge-7, and owners.collectors has no collector")]
    [InlineData("    - name: edge-3\n", "    - name: edge-3\n"
        + "  next: [{name: edge-2, networks: [10.0.0.0/8, \"2001:db8::/32\"]}]\n  next-from: 2027-01-04T06:30Z\n", 21, 14,
        "owners.next-from is '2027-01-04T06:30Z'; write a full hour")]
    [InlineData("    - name: edge-3\n", "    - name: edge-3\n"
        + "  next: [{name: edge-2, networks: [10.0.0.0/8, \"2001:db8::/32\"]}]\n", 12, 3,
        "owners.next-from is not set, and owners.next says who owns what from then on")]
    [InlineData("    - name: edge-3\n", "    - name: edge-3\n  next-from: 2027-01-04T06:00Z\n", 20, 14,
        "owners.next-from is set, and owners.next names nobody")]
    [InlineData("    - name: edge-3\n", "    - name: edge-3\n"
        + "  next: [{name: edge-2, networks: [10.0.0.0/8]}, {name: edge-2, networks: [\"2001:db8::/32\"]}]\n"
        + "  next-from: 2027-01-04T06:00Z\n", 20, 50, "owners.next[1] repeats edge-2")]
    public void What_is_wrong_is_told_at_its_place(string part, string instead, int line, int column, string words)
    {
        Assert.Contains(part, Sound, StringComparison.Ordinal);
        var faults = Read(Sound.Replace(part, instead, StringComparison.Ordinal)).Faults;
        Assert.Contains(faults, fault => fault.Sentence.Contains(words, StringComparison.Ordinal));
        Assert.Equal(
            (line, column), faults.Where(fault => fault.Sentence.Contains(words, StringComparison.Ordinal))
                .Select(fault => (fault.Line, fault.Column)).First());
    }

    /// <summary>Until the hour somebody has to own what is heard.</summary>
    [Fact]
    public void Who_owns_what_from_an_hour_on_needs_who_owns_it_until_then()
    {
        const string Next = "  next: [{name: edge-1, networks: [10.0.0.0/8, \"2001:db8::/32\"]}]\n";
        var before = Sound[..Sound.IndexOf("  collectors:", StringComparison.Ordinal)];
        var faults = Read($"{before}{Next}  next-from: 2027-01-04T06:00Z\n").Faults;
        Assert.Contains(faults, fault => fault.Sentence.Contains(
            "owners.next says who owns what from an hour on, and owners.collectors names nobody",
            StringComparison.Ordinal));
    }

    [Fact]
    public void Outside_a_lab_one_person_does_not_say_who_owns_what()
    {
        var faults = Read(Sound.Replace("profile: lab", "profile: us-provider", StringComparison.Ordinal)).Faults;
        Assert.Contains(faults, fault => fault.Path == "owners.collectors"
            && fault.Sentence.Contains("which two people sign for", StringComparison.Ordinal));
    }

    private static ConfigurationReading<WeirConfiguration> Read(string yaml) =>
        ConfigurationReader.Read<WeirConfiguration>(yaml, _ => null);
}
