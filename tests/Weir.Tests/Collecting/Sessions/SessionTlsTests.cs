// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using System.Text;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Contracts.Flows;
using Weir.Hosting.Peers.Certificates;
using Weir.Tests.Hosting.Peers;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Collecting.Sessions;

/// <summary>IPFIX over TLS (RFC 7011 §11): the one export that proves its sender, where the authority issued the
/// certificate and two people named its key.</summary>
public sealed class SessionTlsTests : IDisposable
{
    private static readonly byte[] Message =
        IpfixOf(7, 0, Set(2, Template(256, "8/4 12/4 2/4")), Set(256, U8(10, 0, 0, 1, 203, 0, 113, 9), U32(5)));

    private readonly TestAuthority _other = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _other.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task With_a_key_that_is_named_what_comes_is_corroborated_at_once(SslProtocols protocol)
    {
        await using var world = await SessionWorld.StartAsync();
        var files = world.Authority.Issue("collector", "router");
        Name(world, SessionWorld.KeyOf(files));
        using var certificate = TestAuthority.Load(files);
        await using (var stream = await world.HandshakeAsync(certificate, protocol))
        {
            await stream.WriteAsync(Message);
            await Until.IsSoAsync(() => world.Tls.Messages == 1);
            Assert.Equal([(FlowStanding.Corroborated, IpKey.Parse("10.0.0.1"))], world.Told);
            Assert.Equal(Message.Length, world.Tls.HandledOctets);
            var listed = Assert.Single(world.Of(ExportTransport.Tls).List());
            Assert.Equal(ExportTransport.Tls, listed.Transport);

            // Two people take the key out: the connection ends.
            Name(world, "sha256:" + new string('0', 64));
            world.Clock.Advance(TimeSpan.FromSeconds(2));
            await world.IsEndedAsync(world.Tls, "unlisted");
        }

        Assert.Empty(world.Of(ExportTransport.Tls).ListTemplates());
    }

    [Fact]
    public async Task Without_a_certificate_of_another_authority_out_of_date_or_with_another_key_nothing_is_read()
    {
        await using var world = await SessionWorld.StartAsync();
        var named = world.Authority.Issue("collector", "router");
        Name(world, SessionWorld.KeyOf(named));
        await IsRefusedAsync(world, null, "no-certificate");
        await IsRefusedAsync(world, _other.Issue("collector", "router"), "other-authority");
        await IsRefusedAsync(
            world, world.Authority.Issue("collector", "old", days: 5, now: TimeProvider.System.GetUtcNow().AddDays(-20)),
            "out-of-date");
        var unnamed = world.Authority.Issue("collector", "unnamed");
        await IsRefusedAsync(world, unnamed, "unnamed-key");
        Assert.Equal((0, 0), (world.Tls.Octets, world.Tls.Messages));
        Assert.Empty(world.Told);
        Assert.Contains("add that key to its row of collecting.exporters", world.Logs.All, StringComparison.Ordinal);

        // Who looks after the exporters sees each, and the key that may be theirs.
        Assert.Equal(
            ["no-certificate", "other-authority", "out-of-date", "unnamed-key"],
            world.Known.List().Select(one => KnownExporters.ToName(one.Fault)).Order());
        Assert.All(world.Known.List(), one => Assert.Equal((SessionWorld.Here, 1L), (one.Address!.Value, one.Datagrams)));
        Assert.Equal(
            SessionWorld.KeyOf(unnamed), world.Known.List().Single(one => one.Fault == AdmissionFault.UnnamedKey).Key);
        Assert.All(
            world.Known.List().Where(one => one.Fault != AdmissionFault.UnnamedKey), one => Assert.Equal("", one.Key));
    }

    [Fact]
    public async Task Who_speaks_no_tls_or_breaks_the_handshake_off_is_refused()
    {
        await using var world = await SessionWorld.StartAsync();
        using (var plain = await SessionWorld.ConnectAsync(world.Tls))
        {
            await plain.SendAsync(Message);
            await world.IsRefusedAsync(world.Tls, "handshake");
        }

        using (var gone = await SessionWorld.ConnectAsync(world.Tls))
        {
            await gone.SendAsync(Encoding.ASCII.GetBytes("\x16\x03\x01"));
        }

        await world.IsRefusedAsync(world.Tls, "handshake", 2);
        Assert.Equal(0, world.Tls.Octets);
    }

    [Fact]
    public async Task Our_own_certificate_is_read_anew_when_it_is_renewed()
    {
        await using var world = await SessionWorld.StartAsync();
        var before = world.Intake.Credentials!.Own.Thumbprint;
        _ = world.Authority.Issue("collector", "edge", days: 100);
        world.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.NotEqual(before, world.Intake.Credentials.Own.Thumbprint);
        Assert.Equal("", world.Intake.Credentials.Health().Reason);
        world.Clock.Advance(TimeSpan.FromDays(101));
        Assert.Contains("exporters do not believe it", world.Intake.Credentials.Health().Reason, StringComparison.Ordinal);
    }

    private static void Name(SessionWorld world, string key) =>
        world.Known.Replace([new() { Network = Prefix.Parse("127.0.0.1"), Keys = [key] }]);

    private static async Task IsRefusedAsync(SessionWorld world, PeerCertificateFiles? shown, string why)
    {
        using var certificate = shown is null ? null : TestAuthority.Load(shown);
        try
        {
            await using var stream = await world.HandshakeAsync(certificate);
            await stream.WriteAsync(Message);
            await world.IsRefusedAsync(world.Tls, why);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            await world.IsRefusedAsync(world.Tls, why); // TLS 1.2 says so in the handshake
        }
    }
}
