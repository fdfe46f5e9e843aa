// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Support;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Gardening;

/// <summary>A vault that learns leases from accounting and puts lines into gardens, and radclient in the place of the
/// NAS that accounts.</summary>
internal sealed class WalledGardenFixture : IDisposable
{
    private const string AccountingSecret = "rosebud-of-accounting";

    public static readonly CaseId Case = new(0xCA5E);
    public static readonly ScopeId Scope = new(0x5C0);

    public TempFolder Folder { get; } = new();

    public int Accounting { get; } = FreePort.Udp();

    public string Socket => Folder.At("vault.sock");

    public string Configuration => Folder.At("vault.yaml");

    public void Dispose() => Folder.Dispose();

    /// <param name="garden">The section, indented by four.</param>
    public void Configure(string garden)
    {
        Secret("accounting", $"127.0.0.0/8 {AccountingSecret}\n");
        _ = Folder.File("vault.yaml", $"""
            profile: lab
            attributing:
              networks:
                - prefix: 10.9.0.0/16
                  attribution: leased
            control:
              socket: {Folder.At("control.sock")}
            vault:
              socket: {Socket}
              dir: {Folder.At("vault")}
              allow-root: true
            {VaultCallers.Section}
              identity:
                sources:
                  - name: bng
                    kind: radius
                    listen: 127.0.0.1:{Accounting}
                    secret-file: {Folder.At("accounting")}
              garden:
            {garden}
            """);
    }

    /// <summary>The section for one NAS.</summary>
    public string Radius(int port, string secretFile, string none = "Filter-Id=open") => $"""
                leaky: ["Filter-Id=weir-leaky", "26.9.1=garden=leaky"]
                strict: [Filter-Id=weir-strict]
                none: ["{none}"]
                patience: 3s
                nas:
                  - name: bng-1
                    address: 127.0.0.1:{port}
                    nas-addresses: [192.0.2.1]
                    secret-file: {secretFile}
        """;

    public string Secret(string name, string text)
    {
        var path = Folder.File(name, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Tells the vault of a session, as a NAS does; radclient checks the answer.</summary>
    public async Task AccountAsync(string status, string session, string address)
    {
        var start = new ProcessStartInfo(
            "radclient", ["-x", "-r", "30", "-t", "2", $"127.0.0.1:{Accounting}", "acct", AccountingSecret])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(
            $"Acct-Status-Type = {status}, Acct-Session-Id = \"{session}\", User-Name = \"alice@example.net\", "
                + "NAS-IP-Address = 192.0.2.1, NAS-Identifier = \"bng-1\", NAS-Port = 7, "
                + $"Framed-IP-Address = {address}");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("Received Accounting-Response", output + await error, StringComparison.Ordinal);
    }

    /// <summary>Seals the case about who has an address now.</summary>
    public static async Task SealAsync(RunningVault vault, string address)
    {
        await vault.Client.SealAsync(
            vault.Callers.Give(SignedOrders.Make(
                VaultCallers.EventKey, Case, await NameAsync(vault, address), Scope, TimeProvider.System.GetUtcNow())),
            default);
    }

    /// <summary>Who has an address: presumed lines are named to nobody, so the pseudonym is made from the intake as a
    /// collector makes it.</summary>
    private static async Task<SubjectKey> NameAsync(RunningVault vault, string address)
    {
        var now = TimeProvider.System.GetUtcNow();
        var holder = new CurrentIntakeTable();
        Assert.True(
            await new IntakeFeed(vault.Callers.Collector, holder, TimeProvider.System).RefreshAsync(default));
        Assert.True(holder.TryFind(IpKey.Parse(address), 80, 6, now.ToUnixTimeMilliseconds(), out var line));
        using var names = Pseudonymizer.UnderKey(await vault.Callers.Collector.EpochKeyAsync(Epochs.At(now), default));
        return names.Pseudonymize(line);
    }
}
