// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Web;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Tests.Auditing;

namespace Weir.Tests.Auditing;

public sealed class AuditHealthTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_head_that_is_late_is_told()
    {
        var options = new AuditOptions { Directory = _place.Directory };
        await using var log = FileAuditLog.Open(options, _place.Clock, NullLogger<FileAuditLog>.Instance);
        Assert.Equal(ComponentHealth.Ok, AuditHealth.Of(log.State, options, _place.Clock.Wall));

        Assert.Contains(
            "no head was signed since 2026-03-01 12:00:00",
            AuditHealth.Of(log.State, options, _place.Clock.Wall.AddMinutes(21)).Reason);
        Assert.Equal(
            HealthState.Degraded, AuditHealth.Of(log.State with { Fault = "x" }, options, _place.Clock.Wall).State);
    }

    [Fact]
    public void Each_start_names_its_policy_and_what_a_signature_loosened()
    {
        var entry = PolicyAuditEntry.Create(PolicyProfile.UsProvider with { BlockDays = 60 });

        Assert.Equal((AuditActions.PolicyInForce, PolicyProfile.UsProvider.Digest), (entry.Act, entry.ResultDigest));
        Assert.Equal("us-provider, a form of us-provider; by signature: block-days is 60; without a signature it "
            + "must be between 1 and 14 (R15)", entry.Reason);
    }
}
