// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.EndToEnd.Notifying;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>An answer of a process's socket.</summary>
/// <param name="Status">HTTP status; 0 where the connection was closed without one.</param>
/// <param name="Code">The problem's code; empty where it is none.</param>
/// <param name="Body">As it came.</param>
internal sealed record PeerAnswer(int Status, string Code, string Body);

/// <summary>Collector, store, desk and vault under four users of the system, by the configuration that is shipped, with
/// a small provider's traffic and what came of it. Started by the first test that asks.</summary>
public sealed class FourProcesses : IAsyncLifetime
{
    private const string Analyst = "news";

    private readonly TempFolder _folder = new();
    private readonly List<RunningProcess> _running = [];
    private SyslogServer? _outside;
    private HeadReceivers? _receivers;
    private Task? _started;

    internal ShippedConfiguration Place { get; private set; } = null!;

    internal ServeFixture Traffic { get; private set; } = null!;

    /// <summary>File of the provider's own networks.</summary>
    internal string Networks => _folder.At("provider/networks.txt");

    /// <summary>A collector of syslog on another machine, which keeps the heads of the three records.</summary>
    internal SyslogServer Outside => _outside!;

    /// <summary>Others that keep them, by mail and by post.</summary>
    internal HeadReceivers Receivers => _receivers!;

    internal SystemUser Person { get; } = new(Analyst);

    internal IReadOnlyList<RunningProcess> Running => _running;

    /// <summary>Makes another configuration of the shipped one, before anything starts.</summary>
    internal Func<string, Task<string>> Configure { get; init; } = Task.FromResult;

    internal RunningProcess this[string process] => _running.First(one => one.Name == process);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts once, and waits until a case stands that has evidence.</summary>
    internal Task StartedAsync()
    {
        Need.OtherUsers();
        Need.Programs("curl", "systemd-tmpfiles");
        return _started ??= StartAsync();
    }

    /// <summary>Asks at a process's socket as somebody, as a program of theirs would.</summary>
    internal async Task<PeerAnswer> AskAsync(SystemUser user, string process, string route, string? body = null)
    {
        string[] sent = [];
        if (body is not null)
        {
            var file = _folder.File($"ask-{Guid.NewGuid():N}.json", body);
            File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
            sent = ["-H", "content-type: application/json", "--data-binary", "@" + file];
        }

        var asked = await user.RunAsync(
            "curl",
            [
                "-s", "--http2-prior-knowledge", "--max-time", "40", "--unix-socket", Place.Socket(process), "-w",
                "\n%{http_code}", .. sent, $"http://{process}/{route}",
            ]);
        var (at, status) = (asked.Out.LastIndexOf('\n'), 0);
        Assert.True(at >= 0 && int.TryParse(
            asked.Out.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out status), asked.Error);
        var text = asked.Out[..at];
        return new(status, status >= 400 ? CodeOf(text) : "", text);
    }

    internal async Task<List<JsonElement>> ListAsync(params string[] arguments)
    {
        var result = await Person.RunWeirAsync([.. arguments, "--config", Place.Configuration, "-o", "json"]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}\n{this["desk"].Log}");
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.AsEnumerable().Reverse())
        {
            await process.DisposeAsync();
        }

        if (_outside is not null)
        {
            await _outside.DisposeAsync();
        }

        if (_receivers is not null)
        {
            await _receivers.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>Installs and starts all four, which hear nothing yet.</summary>
    /// <param name="from">First flow of half an hour's traffic; two hours' of three hours ago unless given.</param>
    /// <param name="governed">Governed settings in place of every test's.</param>
    internal async Task RunAllAsync(DateTimeOffset? from = null, string? governed = null)
    {
        Need.OtherUsers();
        Need.Programs("curl", "systemd-tmpfiles", "rsyslogd", "exim4");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        _outside = new(_folder);
        await _outside.StartAsync();
        File.SetUnixFileMode(_outside.CaFile, (UnixFileMode)0b110_100_100);
        _receivers = await HeadReceivers.StartAsync(_folder);
        Traffic = await ServeFixture.MakeAsync(_folder, "us-provider", from: from);
        Place = new(_folder, Traffic.Web);
        await Place.InstallAsync(Own(Traffic.Flows), Analyst, $"""
              outside:
                every: 1s
            {_receivers.Server}    channels:
                  - name: archive
                    kind: syslog
                    way: tls
                    host: localhost
                    port: {_outside.Tls}
                    ca-file: {_outside.CaFile}
            {_receivers.Channels}
            """, governed);
        await File.WriteAllTextAsync(
            Place.Configuration, await Configure(await File.ReadAllTextAsync(Place.Configuration)));
        await MakeKeysAsync();
        foreach (var process in (string[])["vault", "store", "desk", "collector"])
        {
            await RunAsync(process);
        }
    }

    internal async Task RunAsync(string process) => _running.Add(await RunningProcess.StartAsync(
        Place.UserOf(process), process, Place.Configuration, Place.Monitors[process]));

    /// <summary>SIGKILL; it stays away until it is run again.</summary>
    internal async Task KillAsync(string process)
    {
        var killed = this[process];
        await killed.KillAsync();
        _ = _running.Remove(killed);
        await killed.DisposeAsync();
    }

    /// <summary>What the people's API answers an analyst.</summary>
    internal async Task<JsonElement> ApiAsync(string path, string? body = null)
    {
        string[] sent = body is null ? [] : ["-H", "content-type: application/json", "--data-binary", body];
        var asked = await Person.RunAsync(
            "curl",
            [
                "-s", "--fail-with-body", "--max-time", "60", "--unix-socket", Place.Control, .. sent,
                $"http://desk/api/v1/{path}",
            ]);
        Assert.True(asked.ExitCode == 0, $"{path}: {asked.Out}{asked.Error}\n{this["desk"].Log}");
        return JsonDocument.Parse(asked.Out).RootElement;
    }

    private async Task StartAsync()
    {
        await RunAllAsync();
        Traffic.Pace = "1500"; // what a busy machine's collector takes without a loss, of 4 MB that the kernel grants
        var sent = await Traffic.SendAsync("sent");
        await this["collector"].UntilAsync("all is read", async () =>
            await this["collector"].SumAsync("weir_attributing_flows_total") >= sent.Flows);
        await this["desk"].UntilAsync("a case stands", async () => (await ListAsync("case", "list")).Count > 0);
    }

    /// <summary>As docs/16-four-processes.md has it: each by its own user, the list by root.</summary>
    private async Task MakeKeysAsync()
    {
        foreach (var process in (string[])["collector", "store", "vault"])
        {
            var made = await Place.UserOf(process).RunWeirAsync("keys", process, "--config", Place.Configuration);
            Assert.True(made.ExitCode == 0, made.Error);
            await File.AppendAllTextAsync(Place.PublicKeys, made.Out);
        }

        foreach (var process in (string[])["collector", "store", "desk", "vault"])
        {
            var check = await Place.UserOf(process).RunWeirAsync("check", "--config", Place.Configuration);
            Assert.True(check.ExitCode == 0, check.Error);
            Assert.All(
                check.Error.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)),
                line => Assert.Matches("placeholder|no list of C&Cs|on this machine alone|below ten minutes", line));
        }
    }

    private string Own(int flows)
    {
        var networks = File.ReadLines(_folder.At("provider/networks.txt"))
            .Where(line => line.Length > 0 && line[0] != '#');
        return $"""
            collecting:
              listen: ["127.0.0.1:{flows}"]
            attributing:
              networks:
            {string.Join('\n', networks.Select(n => $"    - prefix: \"{n}\""))}
            matching:
              lists:
                - name: test-c2
                  path: {_folder.At("provider/watchlist.txt")}
                  refresh: 1m
            digesting:
              flush-interval: 1s
            comparing:
              schedule: every 10s

            """;
    }

    private static string CodeOf(string text)
    {
        try
        {
            return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}

/// <summary>Tests that ask the same four processes.</summary>
[CollectionDefinition(nameof(FourProcesses))]
public sealed class FourProcessesGroup : ICollectionFixture<FourProcesses>;
