// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli;
using Weir.Cli.Serving;
using Weir.Cli.Web;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Tests.Auditing;

namespace Weir.Tests.Cli.Serving;

public sealed class AuditHealthTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_head_that_is_late_is_told()
    {
        var options = new AuditOptions { Directory = _place.Directory };
        await using var log = Opened.Audit(options, _place.Clock, NullLoggerFactory.Instance);
        Assert.Equal(ComponentHealth.Ok, AuditHealth.Of(log.State, options, _place.Clock.Wall));

        Assert.Contains(
            "no head was signed since 2026-03-01 12:00:00",
            AuditHealth.Of(log.State, options, _place.Clock.Wall.AddMinutes(21)).Reason);
        Assert.Equal(
            HealthState.Degraded, AuditHealth.Of(log.State with { Fault = "x" }, options, _place.Clock.Wall).State);
    }

    [Fact]
    public async Task A_log_that_cannot_be_had_is_the_operators_to_mend()
    {
        await using var log = _place.Open();

        Assert.StartsWith("auditing.dir: audit:", Assert.Throws<OperatorException>(() => Opened.Audit(
            new AuditOptions { Directory = _place.Directory }, _place.Clock, NullLoggerFactory.Instance)).Message);
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
