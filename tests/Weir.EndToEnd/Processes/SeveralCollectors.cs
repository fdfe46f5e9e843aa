// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Weir.Cli.Commands.Certificates;
using Weir.EndToEnd.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Processes;

/// <summary>Store and desk on one machine and collectors on others, each with folders, certificates and a configuration
/// of its own and nothing between them but TLS. Where there are two, networks are owned in turn.</summary>
internal sealed class SeveralCollectors : IAsyncDisposable
{
    private static readonly string[] Central = ["store", "desk"];

    private readonly TempFolder _folder;
    private readonly ServeFixture _place;
    private readonly SplitTraffic _traffic;
    private readonly Dictionary<string, RunningProcess> _running = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly UdpClient[] _routers = [new(AddressFamily.InterNetwork), new(AddressFamily.InterNetwork)];
    private readonly string[] _names;

    private SeveralCollectors(TempFolder folder, SplitTraffic traffic, string[] names)
    {
        (_folder, _traffic, _names) = (folder, traffic, names);
        _place = ServeFixture.MakeOwn(
            folder, [.. traffic.Networks.Select(network => network.ToString())], [.. traffic.Watchlist],
            $"access:\n  analysts: [{SystemUser.Own.Name}]\ndetecting:\n  hold-down: 30s\n", "lab");
        foreach (var name in (string[])[.. Central, .. names])
        {
            (_ports[$"{name} tls"], _ports[$"{name} monitor"]) = (FreePort.Tcp(), FreePort.Tcp());
            _ports[$"{name} flows"] = FreePort.Udp();
        }

        _ports["desk monitor"] = _place.Web;
    }

    public RunningProcess this[string process] => _running[process];

    /// <summary>Flows sent to each collector so far, whether or not it was there.</summary>
    public Dictionary<string, long> Sent { get; } = [];

    public string Store => _place.Store;

    /// <summary>Makes keys, certificates and configurations, and starts all.</summary>
    public static async Task<SeveralCollectors> StartAsync(
        TempFolder folder, SplitTraffic traffic, params string[] names)
    {
        var made = new SeveralCollectors(folder, traffic, names);
        CertificateIssuer.MakeAuthority(
            folder.At("ca"), "Weir authority", 3650, TimeProvider.System.GetUtcNow().AddDays(-1)).Dispose();
        var text = await File.ReadAllTextAsync(made._place.Configuration);
        foreach (var machine in (string[])["central", .. names])
        {
            _ = Directory.CreateDirectory(folder.At(machine));
            File.Copy(folder.At("ca/authority.pem"), folder.At($"{machine}/authority.pem"));
            folder.File($"{machine}.yaml", made.Configuration(text, machine));
        }

        var keys = await TwoMachines.RunAsync("keys", "store", "--config", folder.At("central.yaml"));
        foreach (var name in names)
        {
            keys += await TwoMachines.RunAsync("keys", "collector", "--config", folder.At($"{name}.yaml"));
            _ = await made.IssueAsync("collector", name, $"{name}/collector/tls");
        }

        foreach (var process in Central)
        {
            _ = await made.IssueAsync(process, process, $"central/{process}/tls");
            _ = Directory.CreateDirectory(folder.At($"central/run/{process}"));
        }

        foreach (var machine in (string[])["central", .. names])
        {
            folder.File($"{machine}/public-keys", keys);
        }

        foreach (var process in (string[])[.. Central, .. names])
        {
            await made.RunAsync(process);
        }

        return made;
    }

    public async Task RunAsync(string process)
    {
        if (_running.Remove(process, out var before))
        {
            await before.DisposeAsync();
        }

        var isCentral = Central.Contains(process);
        _running[process] = await RunningProcess.StartAsync(
            SystemUser.Own, isCentral ? process : "collector", _folder.At($"{(isCentral ? "central" : process)}.yaml"),
            _ports[$"{process} monitor"]);
    }

    /// <summary>SIGKILL; it stays away until it is run again.</summary>
    public async Task KillAsync(string process)
    {
        await _running[process].KillAsync();
    }

    /// <summary>Sends one step: what lines send to the first collector, what they get to the last.</summary>
    public async Task SendAsync((List<byte[]> Out, List<byte[]> In) step)
    {
        foreach (var (router, name, datagrams) in ((UdpClient, string, List<byte[]>)[])[
            (_routers[0], _names[0], step.Out), (_routers[1], _names[^1], step.In)])
        {
            foreach (var datagram in datagrams)
            {
                Sent[name] = Sent.GetValueOrDefault(name) + SplitTraffic.FlowsOf(datagram);
                _ = await router.SendAsync(datagram, "127.0.0.1", _ports[$"{name} flows"]);
            }
        }
    }

    /// <summary>Waits until a collector has read all that was sent to it since it runs.</summary>
    public Task ReadAsync(string name, long flows) => _running[name].UntilAsync($"{name} has read {flows}", async () =>
        await _running[name].SumAsync("weir_attributing_flows_total") >= flows);

    /// <summary>Waits until whatever collectors read, or took of each other, is digested.</summary>
    public Task DigestedAsync() => _running[_names[0]].UntilAsync("all is digested", async () =>
    {
        double attributed = 0, digested = 0, lost = 0;
        foreach (var name in _names)
        {
            attributed += await _running[name].SumAsync("weir_attributing_flows_total", "reason=\"attributed\"");
            digested += await _running[name].SumAsync("weir_digesting_flows_total");
            lost += await _running[name].SumAsync("weir_forwarding_lost_flows_total");
        }

        return digested + lost >= attributed;
    });

    /// <summary>Waits until nothing more comes of what was sent: every window and event is over, and a scope whose end
    /// one of them moved has its evidence.</summary>
    public async Task OverAsync()
    {
        foreach (var (what, metric) in ((string, string)[])[
            ("every contact window is over", "weir_matching_windows_waiting"),
            ("every event is over", "weir_detecting_events_open"), ("every pair is written", "weir_digesting_pairs_held"),
            ("all is sent", "weir_spool_segments_waiting"), ("all is told", "weir_outbox_waiting")])
        {
            foreach (var name in _names)
            {
                await _running[name].UntilAsync(what, async () => await _running[name].SumAsync(metric) == 0);
            }
        }
    }

    /// <summary>Stops the collectors, which closes every event and window, has them send what that gave, and lets the
    /// desk handle it.</summary>
    public async Task StopCollectorsAsync()
    {
        foreach (var name in _names)
        {
            Assert.Equal(0, await _running[name].StopAsync());
        }

        foreach (var name in _names)
        {
            await RunAsync(name);
            await _running[name].UntilAsync("nothing is left to send", async () =>
                await _running[name].SumAsync("weir_spool_segments_waiting") == 0
                && await _running[name].SumAsync("weir_outbox_waiting") == 0);
        }

        foreach (var name in _names)
        {
            Assert.Equal(0, await _running[name].StopAsync());
        }

        await _running["desk"].UntilAsync("every event is handled", async () =>
            await _running["desk"].SumAsync("weir_cases_events_waiting") == 0);
    }

    /// <summary>Each case: its line, and the class and time of each of its scopes.</summary>
    public async Task<IReadOnlyList<string>> CasesAsync()
    {
        List<string> cases = [];
        foreach (var one in await ListAsync("case", "list"))
        {
            var scopes = (await ListAsync("case", "show", Text(one, "case"))).Select(scope =>
                $"{Text(scope, "purpose")} {Text(scope, "class")} {Text(scope, "from")} {Text(scope, "until")}");
            cases.Add($"{Text(one, "subject")} {Text(one, "rule")}: "
                + string.Join("; ", scopes.Order(StringComparer.Ordinal)));
        }

        return [.. cases.Order(StringComparer.Ordinal)];
    }

    public async Task StopCentralAsync()
    {
        foreach (var process in Central.AsEnumerable().Reverse())
        {
            Assert.Equal(0, await _running[process].StopAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values)
        {
            await process.DisposeAsync();
        }

        Array.ForEach(_routers, router => router.Dispose());
    }

    private static string Text(JsonElement one, string name) => one.GetProperty(name).ToString();

    private async Task<List<JsonElement>> ListAsync(params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "--config", _folder.At("central.yaml"), "-o", "json"]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private Task<string> IssueAsync(string process, string name, string folder) => TwoMachines.RunAsync(
        "certs", "issue", process, name, "--authority", _folder.At("ca"), "--out", _folder.At(folder));

    /// <summary>One machine's configuration: the fixture's, with places, ports and owners of its own.</summary>
    private string Configuration(string text, string machine)
    {
        var from = text.IndexOf("processes:", StringComparison.Ordinal);
        var until = text.IndexOf("collecting:", StringComparison.Ordinal);
        var own = text[..from] + Processes(machine) + text[until..]
            .Replace("active-timeout: 2s", "active-timeout: 1m", StringComparison.Ordinal)
            .Replace(Place("spool: ", "spool"), Place("spool: ", $"{machine}/spool"), StringComparison.Ordinal)
            .Replace(Place("", "templates"), Place("", $"{machine}/templates"), StringComparison.Ordinal)
            .Replace(Place("ring-dir: ", "ring"), Place("ring-dir: ", $"{machine}/ring"), StringComparison.Ordinal);
        return machine == "central" ? own : own.Replace(
            $"listen: [\"127.0.0.1:{_place.Flows}\"]", $"listen: [\"127.0.0.1:{_ports[$"{machine} flows"]}\"]",
            StringComparison.Ordinal) + Owners();

        string Place(string key, string name) => key + _folder.At(name);
    }

    private string Processes(string machine)
    {
        string Tls(string process) => machine == "central"
            ? $"listen: 127.0.0.1:{_ports[$"{process} tls"]}"
            : $"connect: https://127.0.0.1:{_ports[$"{process} tls"]}";
        var collector = machine == "central" ? "monitor: 127.0.0.1:1" : string.Create(
            CultureInfo.InvariantCulture, $"""
            name: {machine}
                monitor: 127.0.0.1:{_ports[$"{machine} monitor"]}
                tls:
                  listen: 127.0.0.1:{_ports[$"{machine} tls"]}
            """);
        return $"""
            processes:
              dir: {_folder.At(machine)}
              collector:
                {collector}
              store:
                monitor: 127.0.0.1:{_ports["store monitor"]}
                tls:
                  {Tls("store")}
              desk:
                tls:
                  {Tls("desk")}

            """;
    }

    private string Owners() => _names.Length == 1 ? "" : "\nowners:\n  collectors:\n" + string.Concat(
        _names.Select((name, i) => $"    - name: {name}\n      connect: https://127.0.0.1:{_ports[$"{name} tls"]}\n"
            + $"      networks: [{string.Join(", ", Halves().Where((_, j) => j % _names.Length == i))}]\n"));

    /// <summary>The provider's networks, each in two halves.</summary>
    private IEnumerable<Prefix> Halves() => _traffic.Networks.SelectMany(network => (Prefix[])[
        new(network.Network, network.Length + 1),
        new(new IpKey(network.Network.Bits | (UInt128.One << (127 - network.Length))), network.Length + 1)]);
}
