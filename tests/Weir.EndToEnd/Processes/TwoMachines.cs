// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Commands.Certificates;
using Weir.EndToEnd.Support;
using Weir.Hosting.Peers.Certificates;

namespace Weir.EndToEnd.Processes;

/// <summary>Store and desk on one machine, a collector on another: folders, sockets and configurations of their own,
/// and nothing between them but TLS. Of one user, as two machines' users are nothing to each other.</summary>
internal sealed class TwoMachines : IAsyncDisposable
{
    /// <summary>The collector whose certificate store and desk answer.</summary>
    public const string Edge = "edge-1";

    private static readonly string[] Central = ["store", "desk"];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder;
    private readonly List<RunningProcess> _running = [];
    private readonly Dictionary<string, int> _monitors;

    private TwoMachines(TempFolder folder, ServeFixture traffic)
    {
        (_folder, Traffic) = (folder, traffic);
        _monitors = new()
        {
            ["collector"] = FreePort.Tcp(), ["store"] = FreePort.Tcp(), ["desk"] = traffic.Web,
        };
    }

    public ServeFixture Traffic { get; }

    public IReadOnlyDictionary<string, int> Ports { get; } = new Dictionary<string, int>
    {
        ["store"] = FreePort.Tcp(), ["desk"] = FreePort.Tcp(),
    };

    public string Authority => _folder.At("ca");

    public RunningProcess this[string process] => _running.First(one => one.Name == process);

    /// <summary>Makes the authority, certificates of store and desk, keys and both configurations; starts
    /// nothing.</summary>
    public static async Task<TwoMachines> MakeAsync(TempFolder folder)
    {
        var made = new TwoMachines(folder, await ServeFixture.MakeAsync(folder));
        var text = await File.ReadAllTextAsync(made.Traffic.Configuration);
        var from = text.IndexOf("processes:", StringComparison.Ordinal);
        var until = text.IndexOf("collecting:", StringComparison.Ordinal);
        foreach (var machine in (string[])["central", "edge"])
        {
            folder.File($"{machine}.yaml", text[..from] + made.Section(machine) + text[until..]);
        }

        // Older than today, so that a certificate of it can have ended.
        CertificateIssuer.MakeAuthority(made.Authority, "Weir authority", 3650, Now.AddDays(-30)).Dispose();
        foreach (var process in Central)
        {
            await made.IssueAsync(process, process, folder.At($"central/{process}/tls"));
            _ = Directory.CreateDirectory(folder.At($"central/run/{process}"));
        }

        File.Copy(folder.At("ca/authority.pem"), folder.At("central/authority.pem"));
        _ = Directory.CreateDirectory(folder.At("edge"));
        File.Copy(folder.At("ca/authority.pem"), folder.At("edge/authority.pem"));
        var keys = await RunAsync("keys", "store", "--config", made.Configuration("store"))
            + await RunAsync("keys", "collector", "--config", made.Configuration("collector"));
        foreach (var machine in (string[])["central", "edge"])
        {
            folder.File($"{machine}/public-keys", keys);
        }

        return made;
    }

    public string Configuration(string process) => _folder.At(process == "collector" ? "edge.yaml" : "central.yaml");

    /// <summary>Folder of the collector's certificate.</summary>
    public string EdgeTls => _folder.At("edge/collector/tls");

    /// <summary>What the collector believes.</summary>
    public string EdgeAuthority => _folder.At("edge/authority.pem");

    /// <summary>A certificate of an authority in a folder, as an operator has it made.</summary>
    public async Task IssueAsync(string process, string name, string folder, string? authority = null)
    {
        authority ??= Authority;
        _ = await RunAsync("certs", "issue", process, name, "--authority", authority, "--out", folder);
    }

    /// <summary>A certificate of the right authority, process and name that ended: the program makes none.</summary>
    public void IssueExpired(string folder)
    {
        var edge = PeerIdentity.Parse($"collector:{Edge}")!;
        CertificateIssuer.Issue(Authority, edge, 1, new IssuedFiles(folder), Now.AddDays(-5)).Dispose();
    }

    public async Task StartAsync(params string[] processes)
    {
        foreach (var process in processes)
        {
            _running.Add(await RunningProcess.StartAsync(
                SystemUser.Own, process, Configuration(process), _monitors[process]));
        }
    }

    /// <summary>A collector that its desk will not believe: it runs, and is not ready.</summary>
    public async Task StartRefusedAsync(string process) => _running.Add(await RunningProcess.StartRefusedAsync(
        SystemUser.Own, process, Configuration(process), _monitors[process]));

    /// <summary>What a program that believes any server gets at a process's port: the status, 0 where the connection
    /// was closed without one.</summary>
    public async Task<int> AskAsync(string process, string? certificates)
    {
        string[] shown = certificates is null ? []
            : ["--cert", Path.Combine(certificates, "certificate.pem"), "--key", Path.Combine(certificates, "key.pem")];
        var asked = await SystemUser.Own.RunAsync("curl", [
            "-s", "-k", "--max-time", "40", "-o", "/dev/null", "-w", "%{http_code}", .. shown,
            string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Ports[process]}/status")]);
        return int.Parse(asked.Out, CultureInfo.InvariantCulture);
    }

    /// <summary>SIGTERM to all, who must end well.</summary>
    public async Task StopAsync()
    {
        foreach (var process in _running.AsEnumerable().Reverse())
        {
            Assert.Equal(0, await process.StopAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            await process.DisposeAsync();
        }
    }

    public static async Task<string> RunAsync(params string[] arguments)
    {
        var run = await WeirProcess.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Out;
    }

    private string Section(string machine)
    {
        string Tls(string process) => machine == "edge"
            ? $"connect: https://127.0.0.1:{Ports[process]}"
            : $"listen: 127.0.0.1:{Ports[process]}\n      peers: [\"collector:{Edge}\"]";
        return $"""
            processes:
              dir: {_folder.At(machine)}
              collector:
                user: {SystemUser.Own.Name}
                name: {Edge}
                monitor: 127.0.0.1:{_monitors["collector"]}
              store:
                user: {SystemUser.Own.Name}
                monitor: 127.0.0.1:{_monitors["store"]}
                tls:
                  {Tls("store")}
              desk:
                user: {SystemUser.Own.Name}
                tls:
                  {Tls("desk")}

            """;
    }
}
