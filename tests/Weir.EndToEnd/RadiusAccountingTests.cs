// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.EndToEnd.Support;
using Weir.Vault.Identity.Intake;
using Weir.Tests.Support;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>A RADIUS client of another make sends accounting to the listener, and checks the
/// answers by the protocol.</summary>
public sealed class RadiusAccountingTests : IDisposable
{
    private const string Session = """
        Acct-Session-Id = "0001", User-Name = "alice@example.net", NAS-IP-Address = 192.0.2.1, Framed-IP-Address = 198.51.100.7, Framed-IPv6-Prefix = 2001:db8:1:2::/64, Delegated-IPv6-Prefix = 2001:db8:7000::/56, Class = 0x637573746f6d65722d37
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "15")]
    [Fact]
    public async Task A_session_of_radclient_is_answered_and_found_and_one_with_another_secret_is_not()
    {
        Need.Programs("radclient");
        var secrets = _folder.File("secrets", "127.0.0.0/8 rosebud\n");
        File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var options = new IdentityOptions
        {
            Store = _folder.At("identity.db"),
            Sources =
            [
                new()
                {
                    Name = "bng",
                    Kind = IdentityKind.Radius,
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    SecretFile = secrets,
                    LineFrom = Weir.Vault.Identity.Radius.SubscriberLineAttribute.Class
                },
            ],
        };
        using var keeper = IdentityIntake.Open(
            options, "0123456789abcdef"u8, TimeProvider.System, NullLogger<IdentityIntake>.Instance);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        var to = keeper.Listeners["bng"];

        Assert.Contains("Accounting-Response", await SendAsync(to, "rosebud", "Start"), StringComparison.Ordinal);
        Assert.Contains(
            "Accounting-Response", await SendAsync(to, "rosebud", "Interim-Update"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Received Accounting-Response", await SendAsync(to, "guess", "Stop"), StringComparison.Ordinal);

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var address in (string[])["198.51.100.7", "2001:db8:1:2::9", "2001:db8:7000:ff::1"])
        {
            var line = Assert.IsType<IdentityAnswer.Line>(keeper.Table.WhoHad(IpKey.Parse(address), null, now));
            Assert.Equal("class:customer-7", line.Name.Text);
        }

        var counts = keeper.Counters.Radius;
        Assert.Equal(2, counts.Applied + counts.Stale);
        Assert.True(counts.Forged >= 1);
        Assert.Equal(counts.Received, counts.Ended);

        Assert.Contains("Accounting-Response", await SendAsync(to, "rosebud", "Stop"), StringComparison.Ordinal);
        Assert.Equal("no-lease", Assert.IsType<IdentityAnswer.None>(
            keeper.Table.WhoHad(IpKey.Parse("198.51.100.7"), null, now + 60_000)).Code);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>What radclient says of one request; it checks the response's authenticator itself.</summary>
    private static async Task<string> SendAsync(IPEndPoint to, string secret, string status)
    {
        var start = new ProcessStartInfo("radclient", ["-x", "-r", "1", "-t", "2", to.ToString(), "acct", secret])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync($"Acct-Status-Type = {status}, {Session.Trim()}");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await error;
    }
}
