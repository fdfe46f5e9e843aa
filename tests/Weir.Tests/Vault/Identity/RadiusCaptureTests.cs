// SPDX-License-Identifier: Apache-2.0
using Weir.Tests.Support;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>Two real captures of a wireless network's accounting; their secret is that of the test bed
/// they were made in.</summary>
public class RadiusCaptureTests
{
    [Theory]
    [InlineData("isp/test_dl_5gb.tcpdump.radius.pcap", "secret", 179, 0, 179)]
    [InlineData("isp/test_ul_5gb.tcpdump.radius.pcap", "secret", 216, 0, 0)]
    [InlineData("isp/test_ul_5gb.tcpdump.radius.pcap", "another", 0, 216, 0)]
    public void Every_request_of_a_real_capture_is_taken_by_the_right_secret_alone(
        string path, string secret, int applied, int forged, int clock)
    {
        var file = SharedData.Path(path);
        var counters = new RadiusCounters();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        time.Advance(TimeSpan.FromSeconds(1_716_900_000));
        var table = new IdentityTable(new IdentityTableOptions(), time);
        if (path.Contains("dl", StringComparison.Ordinal))
        {
            time.AdjustTime(DateTimeOffset.FromUnixTimeSeconds(1_715_451_000));
        }

        var sessions = new RadiusSessions(table, new RadiusOptions(), counters);
        var intake = new RadiusIntake(
            sessions, new RadiusOptions(), IdentitySamples.Naming, counters,
            new RadiusSecrets([(Prefix.Parse("0.0.0.0/0"), secret)]));

        RadiusCapture.Read(file, intake);

        Assert.Equal(applied, counters.Applied);
        Assert.Equal(forged, counters.Forged);
        Assert.Equal(applied + forged, counters.Received);
        Assert.Equal(counters.Received, counters.Ended);
        Assert.Equal(clock, counters.ClockRefused);

        // One phone on a wireless network: a session, and no address in any request.
        Assert.Equal(applied > 0 ? 1 : 0, sessions.Count);
        Assert.Equal(applied, counters.WithoutAddress);
        Assert.Equal(0, table.Count);
    }
}
