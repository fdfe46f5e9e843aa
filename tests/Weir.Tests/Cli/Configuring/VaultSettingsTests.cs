// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Wire;

namespace Weir.Tests.Cli.Configuring;

public class VaultSettingsTests
{
    private const string Leased = "attributing: {networks: [{prefix: 192.0.2.0/24, attribution: cgnat}, {prefix: "
        + "10.0.0.0/8, attribution: leased}, {prefix: 172.16.0.0/12}]}\n";

    [Fact]
    public void Networks_whose_addresses_change_hands_need_a_vault_and_the_lab_starts_none()
    {
        var faults = Read("profile: lab\n" + Leased).Faults.Select(f => f.Sentence).ToList();

        Assert.Equal(2, faults.Count);
        Assert.All(faults, fault => Assert.Contains("vault.socket", fault, StringComparison.Ordinal));
        Assert.True(Read(Leased + "vault: {socket: /run/v.sock}\n").IsSound);
        var table = Read(Leased + "vault: {socket: /run/v.sock}\n").Value.Attributing.ToTable();
        Assert.Equal(SubscriberMapping.Cgnat, table.Find(IpKey.Parse("192.0.2.7"))!.Attribution);
        Assert.Equal(SubscriberMapping.Leased, table.Find(IpKey.Parse("10.0.0.7"))!.Attribution);
        Assert.Equal(SubscriberMapping.Static, table.Find(IpKey.Parse("172.16.0.7"))!.Attribution);
    }

    [Fact]
    public void Addresses_that_change_hands_without_anybody_who_knows_whose_they_were_are_warned_of()
    {
        const string Socket = "vault: {socket: /run/v.sock}\n";
        var warned = Assert.Single(
            ConfigurationRules.Warnings(Read(Leased + Socket).Value),
            one => one.Sentence.Contains("attribution", StringComparison.Ordinal)).Sentence;
        Assert.StartsWith("attributing.networks[0].attribution is cgnat", warned, StringComparison.Ordinal);
        Assert.Contains("vault.identity.sources", warned, StringComparison.Ordinal);

        Assert.DoesNotContain(
            ConfigurationRules.Warnings(Read(Leased
                + "vault: {socket: /run/v.sock, identity: {sources: [{name: plan, kind: plan, path: /p.csv}]}}\n").Value), one => one.Sentence.Contains("attribution", StringComparison.Ordinal));
        Assert.DoesNotContain(
            ConfigurationRules.Warnings(Read("attributing: {networks: [{prefix: 172.16.0.0/12}]}\n" + Socket).Value),
            one => one.Sentence.Contains("attribution", StringComparison.Ordinal));
    }

    /// <summary>The console's sessions go over TLS outside the lab, and share no host with customers.</summary>
    [Theory]
    [InlineData("", "outside the lab")]
    [InlineData("public: 'http://localhost:8483'", "outside the lab")]
    [InlineData("public: 'https://HELP.example.net:8443'", "selfservice.public")]
    [InlineData("public: 'https://weir.example.net'", null)]
    public void The_console_has_TLS_and_a_host_of_its_own(string console, string? fault)
    {
        var faults = Read("attributing: {networks: [{prefix: 192.0.2.0/24}]}\nvault: {socket: /run/v.sock}\n"
            + "selfservice: {enabled: true, public: 'https://help.example.net/weir', provider: P}\n"
            + $"console: {{enabled: true{(console.Length > 0 ? $", {console}" : "")}}}\n").Faults
            .Select(one => one.Sentence).Where(one => one.StartsWith("console.public", StringComparison.Ordinal)).ToList();

        Assert.Equal(fault is null ? 0 : 1, faults.Count);
        Assert.All(faults, one => Assert.Contains(fault!, one, StringComparison.Ordinal));
    }

    [Fact]
    public void A_user_who_is_named_twice_has_both_roles_and_nobody_else_any()
    {
        var settings = Read(
            "attributing: {networks: [{prefix: 192.0.2.0/24}]}\nvault: {socket: /run/v.sock, collector-user: weir, "
                + "store-user: daemon, desk-user: weir, officers: [otto], event-keys: [{name: edge-1, file: /k.pub}]}\n"
                + "profile: lab\naccess: {analysts: [ana], privacy-officers: [otto]}\n").Value;

        var options = VaultComponents.Create(
            settings, PolicyRules.Of(settings), new ProcessPlaces(settings, isSupervised: false));

        Assert.Equal(PeerRoles.Collector | PeerRoles.Desk, options.Peers.Users["weir"]);
        Assert.Equal(PeerRoles.Store, options.Peers.Users["daemon"]);
        Assert.Equal(PeerRoles.Operator, options.Peers.Users["otto"]);
        Assert.Equal(PeerRoles.Any, options.Peers.Users[OsUsers.NameOf(OsUsers.Own)]);
        Assert.Equal(4, options.Peers.Users.Count);
        Assert.Equal(
            [new("collector", "edge-1"), new("collector", "collector"), new KeyHolder("store", "store")],
            options.Grounds.Keys.Select(key => key.Holder));
        Assert.Equal("analyst", options.Disclosures.People["ana"]);
        Assert.Equal("privacy-officer", options.Disclosures.People["otto"]);
        Assert.False(options.AllowRoot);
    }

    [Fact]
    public void A_key_of_events_is_a_key_or_the_file_it_stands_in() =>
        Assert.Equal(2, Read(
            "attributing: {networks: [{prefix: 192.0.2.0/24}]}\nvault: {event-keys: [{name: a}, {name: b, key: "
                + "nonsense}]}\n").Faults.Count);

    [Theory]
    [InlineData("", 1)]
    [InlineData("profile: lab\n", 0)]
    [InlineData("vault: {socket: /run/v.sock}\n", 0)]
    [InlineData("vault: {socket: /run/v.sock, allow-root: true}\n", 1)]
    public void Keys_within_reach_of_the_collector_and_a_vault_as_root_are_warned_of(string more, int warnings) =>
        Assert.Equal(
            warnings,
            ConfigurationRules.Warnings(Read("attributing: {networks: [{prefix: 192.0.2.0/24}]}\n" + more).Value)
                .Count(warning => warning.Path.StartsWith("vault.", StringComparison.Ordinal)));

    [Fact]
    public void A_socket_that_the_kernel_would_not_take_is_refused_in_the_file() =>
        Assert.Contains("107", Assert.Single(Read("attributing: {networks: [{prefix: 192.0.2.0/24}]}\nvault: "
            + $"{{socket: /{new string('x', 107)}}}\n").Faults).Sentence, StringComparison.Ordinal);

    private static ConfigurationReading<WeirConfiguration> Read(string text) => ConfigurationReader.Read<WeirConfiguration>(text, _ => null);
}
