// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Certificates;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Peers;

/// <summary>A process's own certificate: what it refuses to start with, renewal without a restart, and the warning
/// before the end.</summary>
public sealed class PeerCredentialsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly Counted _counted = new();
    private readonly Logged _logged = new();
    private readonly TestAuthority _authority = new(Now);
    private readonly TestAuthority _stranger = new(Now);

    public void Dispose()
    {
        _counted.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [InlineData("open", "a key must be readable by its owner alone; chmod 600 it")]
    [InlineData("absent", "make certificate and key with weir certs issue")]
    [InlineData("no-pem", "cannot be used")]
    [InlineData("other-key", "cannot be used")]
    [InlineData("no-authority", "holds no certificate; put there what weir certs authority made")]
    [InlineData("other-authority", "did not issue it (CN=a test's did)")]
    [InlineData("other-role", "is the certificate of store store-1, and this is a collector")]
    [InlineData("nobodys", "is the certificate of no process of Weir, and this is a collector")]
    [InlineData("over", "is valid from 2026-02-25 11:55:00Z to 2026-02-26 12:00:00Z; renew it with weir certs renew")]
    public void Files_that_cannot_be_used_stop_the_start_and_are_named(string how, string words)
    {
        var files = _authority.Issue("collector", "edge-1");
        switch (how)
        {
            case "open":
                File.SetUnixFileMode(files.Key, (UnixFileMode)0b110_100_000);
                break;
            case "absent":
                File.Delete(files.Certificate);
                break;
            case "no-pem":
                File.WriteAllText(files.Certificate, "a certificate");
                break;
            case "other-key":
                File.Copy(_authority.Issue("collector", "edge-2").Key, files.Key, overwrite: true);
                break;
            case "no-authority":
                files = files with { Authority = Path.Combine(_authority.Folder, "empty.pem") };
                File.WriteAllText(files.Authority, "");
                break;
            case "other-authority":
                files = files with { Authority = _stranger.Certificate };
                break;
            case "other-role":
                files = _authority.Issue("store", "store-1");
                break;
            case "nobodys":
                TestAuthority.Put(_authority.IssueToNobody(), files);
                break;
            default:
                files = _authority.Issue("collector", "edge-3", days: 1, now: Now.AddDays(-4));
                break;
        }

        var fault = Assert.Throws<IOException>(() => Open(files));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Contains(how is "open" ? files.Key : how is "no-authority" ? files.Authority : files.Certificate,
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renewal_is_taken_without_a_restart()
    {
        var files = _authority.Issue("collector", "edge-1", days: 10);
        var credentials = Open(files);
        var (before, end) = (CertificateFingerprint.From(credentials.Own), credentials.End);
        _clock.Advance(TimeSpan.FromDays(9));
        Assert.Equal(HealthState.Degraded, credentials.Health().State);
        Assert.Contains("the certificate of collector edge-1 ends at 2026-03-11 12:00:00Z; renew it with weir certs",
            credentials.Health().Reason, StringComparison.Ordinal);

        _authority.Issue("collector", "edge-1", days: 10, _clock.GetUtcNow());
        _clock.Advance(PeerCredentials.LookEvery);

        Assert.NotEqual(before, CertificateFingerprint.From(credentials.Own));
        Assert.Equal(end.AddDays(9), credentials.End);
        Assert.Equal(HealthState.Ok, credentials.Health().State);
        Assert.Equal(
            (credentials.End - _clock.GetUtcNow()).TotalSeconds, _counted["weir.peers.certificate.left"], 1.0);
        Assert.Contains("the certificate of collector edge-1 was read anew", Assert.Single(_logged.Of(13301)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_renewal_leaves_the_older_certificate_in_force_and_is_told_once()
    {
        var files = _authority.Issue("collector", "edge-1");
        var credentials = Open(files);
        var before = CertificateFingerprint.From(credentials.Own);

        File.WriteAllText(files.Certificate, "half");
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(PeerCredentials.LookEvery);
            Assert.Equal(before, CertificateFingerprint.From(credentials.Own));
        }

        Assert.Equal(HealthState.Degraded, credentials.Health().State);
        Assert.Contains(files.Certificate, credentials.Health().Reason, StringComparison.Ordinal);
        Assert.Single(_logged.Of(13302));

        _authority.Issue("collector", "edge-1");
        _clock.Advance(PeerCredentials.LookEvery);
        Assert.Equal(HealthState.Ok, credentials.Health().State);
    }

    [Fact]
    public void An_end_that_has_come_is_failing()
    {
        var credentials = Open(_authority.Issue("collector", "edge-1", days: 1));
        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(HealthState.Failing, credentials.Health().State);
        Assert.True(_counted["weir.peers.certificate.left"] < 0);
    }

    [Theory]
    [InlineData("collector:edge-1", true)]
    [InlineData("desk:a.b-c", true)]
    [InlineData("router:edge-1", false)]
    [InlineData("collector:", false)]
    [InlineData("collector:Edge", false)]
    [InlineData("collector:a:b", false)]
    [InlineData("collector", false)]
    public void A_name_is_a_process_and_its_name(string text, bool isOne) =>
        Assert.Equal(isOne, PeerIdentity.Parse(text) is not null);

    private PeerCredentials Open(PeerCertificateFiles files) =>
        TestAuthority.Credentials(files, "collector", _clock, _counted, _logged);
}
