// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Gardening;

/// <summary>The vault as a process, told of sessions by radclient, puts a line into the garden at a real FreeRADIUS,
/// which says in its own words what it was asked.</summary>
public sealed class WalledGardenTests : IDisposable
{
    private readonly WalledGardenFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_line_goes_into_the_leaky_garden_stays_there_over_new_sessions_and_restarts_and_comes_out()
    {
        Need.Programs("freeradius", "radclient");
        await using var nas = await FreeRadius.StartAsync(_place.Folder);
        _place.Configure(_place.Radius(nas.Port, _place.Secret("bng", FreeRadius.Secret + "\n")));
        await using (var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket))
        {
            await _place.AccountAsync("Start", "s-0001", "10.9.0.7");
            await WalledGardenFixture.SealAsync(vault, "10.9.0.7");

            var proof = await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default);
            Assert.Equal((true, "radius", "CoA-ACK"), (proof.IsDone, proof.Way, proof.Reply));
            var request = Assert.Single(nas.Requests());
            foreach (var said in (string[])
                [
                    "Packet-Type = CoA-Request", "Acct-Session-Id = \"s-0001\"", "User-Name = \"alice@example.net\"",
                    "NAS-IP-Address = 192.0.2.1", "NAS-Identifier = \"bng-1\"", "NAS-Port = 7",
                "Framed-IP-Address = 10.9.0.7", "Filter-Id = \"weir-leaky\"", "Cisco-AVPair = \"garden=leaky\"",
                "Event-Timestamp = ", "Message-Authenticator = 0x"])
            {
                Assert.Contains(said, request, StringComparison.Ordinal);
            }

            // Asked again, it is known; refused by the NAS, what stood stays.
            Assert.Equal(proof, await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default));
            _ = Assert.Single(nas.Requests());
            var strict = await vault.Client.GardenAsync(Order(WalledGarden.Strict), default);
            Assert.Equal((false, "CoA-NAK 501 Administratively-Prohibited"), (strict.IsDone, strict.Reply));

            await _place.AccountAsync("Stop", "s-0001", "10.9.0.7");
            await _place.AccountAsync("Start", "s-0002", "10.9.0.8");
            _ = await SeenAsync(nas, "s-0002", "weir-leaky");
            await vault.KillAsync();
        }

        // What stood before the kill stands after it.
        await using (var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket))
        {
            await _place.AccountAsync("Start", "s-0003", "10.9.0.9");
            _ = await SeenAsync(nas, "s-0003", "weir-leaky");
            Assert.DoesNotContain("s-0001", string.Join('\n', nas.Requests().Skip(2)), StringComparison.Ordinal);

            var free = await vault.Client.GardenAsync(Order(WalledGarden.None), default);
            Assert.True(free.IsDone, free.Reply);
            _ = await SeenAsync(nas, "s-0003", "open");
            await vault.Client.DestroyAsync(WalledGardenFixture.Case, default);
            Assert.Equal(0, await vault.StopAsync());
            Assert.DoesNotContain("alice", vault.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("10.9.0.", vault.Log, StringComparison.Ordinal);
        }

        var entries = AuditReader.Entries(_place.Folder.At("vault/audit")).Select(record => record.Entry).ToList();
        Assert.Contains(entries, e => e is { Act: AuditActions.Garden, Outcome: AuditActions.Allow }
            && e.Case == WalledGardenFixture.Case.ToString()
            && e.Reason.StartsWith("leaky: ", StringComparison.Ordinal));
        Assert.All(entries, e => Assert.DoesNotContain("10.9.0.", e.ToString(), StringComparison.Ordinal));
        foreach (var file in Directory.GetFiles(_place.Folder.At("vault"), "*", SearchOption.AllDirectories))
        {
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf("alice"u8));
        }
    }

    [Fact]
    public async Task The_destroyed_key_lets_the_line_out_and_a_session_the_nas_does_not_know_is_told()
    {
        Need.Programs("freeradius", "radclient");
        await using var nas = await FreeRadius.StartAsync(_place.Folder);
        _place.Configure(_place.Radius(nas.Port, _place.Secret("bng", FreeRadius.Secret), none: "disconnect"));
        await using var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket);
        await _place.AccountAsync("Start", "gone", "10.9.0.7");
        await WalledGardenFixture.SealAsync(vault, "10.9.0.7");

        var unknown = await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default);
        Assert.Equal((false, "CoA-NAK 503 Session-Context-Not-Found"), (unknown.IsDone, unknown.Reply));

        await _place.AccountAsync("Start", "s-0002", "10.9.0.8");
        Assert.True((await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default)).IsDone);
        await vault.Client.DestroyAsync(WalledGardenFixture.Case, default);

        Assert.Contains(nas.Requests(), r => r.Contains("Packet-Type = Disconnect-Request", StringComparison.Ordinal)
            && r.Contains("\"s-0002\"", StringComparison.Ordinal)
            && !r.Contains("Filter-Id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_secret_brings_no_answer_which_is_told_and_a_nas_that_comes_back_is_asked_again()
    {
        Need.Programs("freeradius", "radclient");
        await using var nas = await FreeRadius.StartAsync(_place.Folder);
        var secret = _place.Secret("bng", "guess");
        _place.Configure(_place.Radius(nas.Port, secret));
        await using (var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket))
        {
            await _place.AccountAsync("Start", "s-0001", "10.9.0.7");
            await WalledGardenFixture.SealAsync(vault, "10.9.0.7");

            var proof = await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default);

            Assert.False(proof.IsDone);
            Assert.StartsWith("no answer, sent ", proof.Reply, StringComparison.Ordinal);
            await vault.TellsAsync("bng-1");
            await vault.TellsAsync("is the secret the same?");
            Assert.Empty(nas.Requests());
            Assert.Equal(0, await vault.StopAsync());
        }

        _ = _place.Secret("bng", FreeRadius.Secret);
        await nas.StopAsync();
        await using (var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket))
        {
            Assert.False((await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default)).IsDone);
            await nas.StartAsync();
            Assert.True((await vault.Client.GardenAsync(Order(WalledGarden.Leaky), default)).IsDone);
        }
    }

    [Fact]
    public async Task A_program_of_the_provider_puts_the_line_there_and_its_failure_and_its_silence_are_told()
    {
        Need.Programs("radclient");
        var script = _place.Folder.File("garden", $"#!/bin/sh\ncat > {_place.Folder.At("order.json")}\nif grep -q "
            + $"strict {_place.Folder.At("order.json")}; then exit 3; fi\nif grep -q none "
            + $"{_place.Folder.At("order.json")}; then sleep 600; fi\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _place.Configure($"    script: {script}\n    patience: 3s\n");
        await using var vault = await RunningVault.StartAsync(_place.Configuration, _place.Socket);
        await _place.AccountAsync("Start", "s-0001", "10.9.0.7");
        await WalledGardenFixture.SealAsync(vault, "10.9.0.7");

        var proof = await vault.Client.GardenAsync(Order(WalledGarden.Leaky) with { Exempt = ["udp/5060"] }, default);
        Assert.Equal((true, "script", "exit 0"), (proof.IsDone, proof.Way, proof.Reply));
        var order = await File.ReadAllTextAsync(_place.Folder.At("order.json"));
        foreach (var said in (string[])[
            "weir.garden/1", "leaky", "10.9.0.7/32", "alice@example.net", "s-0001", "udp/5060",
            WalledGardenFixture.Case.ToString()])
        {
            Assert.Contains(said, order, StringComparison.Ordinal);
        }

        var failed = await vault.Client.GardenAsync(Order(WalledGarden.Strict), default);
        Assert.False(failed.IsDone);
        Assert.Contains("ended with 3", failed.Reply, StringComparison.Ordinal);
        var silent = await vault.Client.GardenAsync(Order(WalledGarden.None), default);
        Assert.False(silent.IsDone);
        Assert.Matches("longer than 3 s|no end within 3 s", silent.Reply);
    }

    private static Task<string> SeenAsync(FreeRadius nas, string session, string filter) => Peer.UntilAsync(
        $"{session} with {filter}",
        () => Task.FromResult(nas.Requests().LastOrDefault(r => r.Contains($"\"{session}\"", StringComparison.Ordinal)
            && r.Contains($"Filter-Id = \"{filter}\"", StringComparison.Ordinal)) ?? ""),
        request => request.Length > 0,
        seconds: 120);

    private static WalledGardenOrder Order(WalledGarden garden) =>
        new(WalledGardenFixture.Case, WalledGardenFixture.Scope, garden, "ann+otto", "the customer was told twice");
}
