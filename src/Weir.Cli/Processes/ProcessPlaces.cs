// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;

namespace Weir.Cli.Processes;

/// <summary>Names of the processes, as commands and folders have them.</summary>
internal static class ProcessNames
{
    public const string Collector = "collector";
    public const string Store = "store";
    public const string Desk = "desk";
    public const string Vault = "vault";

    /// <summary>The four at once.</summary>
    public const string Serve = "serve";
}

/// <summary>Where the processes of a configuration are.</summary>
/// <param name="settings">The configuration.</param>
/// <param name="isSupervised">All four are children of one <c>weir serve</c>: one user, and watched by it.</param>
internal sealed class ProcessPlaces(WeirConfiguration settings, bool isSupervised)
{
    /// <summary>The vault's folder of keys, in its own.</summary>
    internal const string VaultKeys = "keys";

    private const string RunDir = "processes.run-dir";

    private readonly ProcessesOptions _processes = settings.Processes;

    /// <summary>All four are children of one <c>weir serve</c>.</summary>
    public bool IsSupervised => isSupervised;

    public string RunFolder => Path.GetFullPath(_processes.RunDir ?? Path.Combine(_processes.Dir, "run"));

    public string PublicKeys => Path.GetFullPath(_processes.PublicKeys ?? Path.Combine(_processes.Dir, "public-keys"));

    public string? Group => isSupervised ? null : _processes.Group;

    /// <summary>The socket the vault is asked at.</summary>
    public string VaultSocket => Path.GetFullPath(settings.Vault.Socket ?? SocketOf(ProcessNames.Vault));

    /// <summary>The setting that says where that is.</summary>
    public string VaultSocketSetting => settings.Vault.Socket is null ? RunDir : "vault.socket";

    /// <summary>User of the vault; null for the owner of its socket's folder.</summary>
    public string? VaultUser => settings.Vault.User;

    /// <summary>False in a lab that names none: subjects stand in clear, and nobody is behind an address.</summary>
    public bool HasVault =>
        settings.Profile != Profile.Lab || settings.Vault.Socket is not null || settings.Vault.Tls.Connect is not null;

    /// <summary>The processes that run apart where the desk's is not that of <c>weir serve</c>.</summary>
    public IReadOnlyList<string> BesideDesk => HasVault
        ? [ProcessNames.Collector, ProcessNames.Store, ProcessNames.Vault]
        : [ProcessNames.Collector, ProcessNames.Store];

    /// <summary>The vault is a child of <c>weir serve</c>, and does not run by itself under a user of its
    /// own.</summary>
    public bool IsVaultSupervised => HasVault && settings.Vault.Socket is null;

    /// <summary>The configuration that a process starts by: its file, with what is governed put in.</summary>
    public static ConfigurationReading<WeirConfiguration> Configuration(string process, string file) =>
        GovernedConfiguration.ReadFor(
            file, settings => new ProcessPlaces(settings, isSupervised: false).OwnFolderOf(process));

    /// <summary>A process's own folder.</summary>
    public string FolderOf(string process) => Path.GetFullPath(Path.Combine(_processes.Dir, process));

    /// <summary>The folder that is a process's alone: the vault has one of its own.</summary>
    public string OwnFolderOf(string process) =>
        process == ProcessNames.Vault ? Path.GetFullPath(settings.Vault.Dir) : FolderOf(process);

    /// <summary>Folders in which a process keeps what it must not lose or show, beside its own.</summary>
    public IReadOnlyList<string> DataFoldersOf(string process) =>
    [
        .. ((string?[])(process switch
        {
            ProcessNames.Collector => [settings.Store.Spool],
            ProcessNames.Store => [settings.Store.Embedded],
            ProcessNames.Desk => [settings.Cases.Dir, settings.Auditing.Directory],
            _ => [],
        })).OfType<string>().Select(Path.GetFullPath),
    ];

    /// <summary>The setting that says where one of a process's folders is.</summary>
    public string SettingOf(string process, string folder) =>
        folder == OwnFolderOf(process) ? process == ProcessNames.Vault ? "vault.dir" : "processes.dir"
        : process switch
        {
            ProcessNames.Collector => "store.spool",
            ProcessNames.Store => "store.embedded",
            _ => folder == Path.GetFullPath(settings.Cases.Dir) ? "cases.dir" : "auditing.dir",
        };

    /// <summary>A process's event key.</summary>
    public string KeyOf(string process) => process == ProcessNames.Vault
        ? Path.Combine(Path.GetFullPath(settings.Vault.Dir), VaultKeys, "grant.key")
        : Path.Combine(FolderOf(process), "event.key");

    /// <summary>The socket that others ask a process at, in a folder of its own: in one that several users may write,
    /// any of them could take another's path while it is down.</summary>
    public string SocketOf(string process) => Path.Combine(RunFolder, process, process + ".sock");

    /// <summary>Where a process is asked by others: at its socket, or on another machine.</summary>
    /// <exception cref="OperatorException">The path is too long for a socket.</exception>
    public PeerAddress AddressOf(string process) =>
        PeerAddress.TryParse(
            TlsOf(process)?.Connect ?? "unix:" + (process == ProcessNames.Vault ? VaultSocket : SocketOf(process)),
            out var address, out var fault)
            ? address
            : throw new OperatorException($"{(process == ProcessNames.Vault ? VaultSocketSetting : RunDir)}: {fault}");

    /// <summary>Where a process answers other machines.</summary>
    public AnsweringOptions AnsweringOf(string process) => TlsOf(process) ?? _processes.Collector.Tls;

    /// <summary>Where a process answers other machines, or is asked on one; null for the collector, whom other
    /// collectors alone ask, at the address of their row.</summary>
    public TlsOptions? TlsOf(string process) => process switch
    {
        ProcessNames.Store => _processes.Store.Tls,
        ProcessNames.Desk => _processes.Desk.Tls,
        ProcessNames.Vault => settings.Vault.Tls,
        _ => null,
    };

    /// <summary>What a process shows other machines, and whom it believes there.</summary>
    public PeerCertificateFiles CertificateOf(string process)
    {
        var own = AnsweringOf(process);
        var folder = Path.Combine(process == ProcessNames.Vault ? settings.Vault.Dir : FolderOf(process), "tls");
        return new(
            Path.GetFullPath(own.Certificate ?? Path.Combine(folder, "certificate.pem")),
            Path.GetFullPath(own.Key ?? Path.Combine(folder, "key.pem")),
            Path.GetFullPath(_processes.Authority ?? Path.Combine(_processes.Dir, "authority.pem")),
            [.. _processes.Revoked.Select(text => CertificateFingerprint.TryParse(text, out var print) ? print
                : throw new OperatorException($"processes.revoked: '{text}' is no fingerprint"))]);
    }

    /// <summary>Where <c>weir serve</c> asks a child how it is.</summary>
    public string MonitorSocketOf(string process) => Path.Combine(RunFolder, process + "-monitor.sock");

    /// <summary>Where a process tells how it is, and the setting that says so; null for nowhere.</summary>
    /// <exception cref="OperatorException">It is no place to listen.</exception>
    public (MonitorAddress Address, string Setting)? MonitorOf(string process)
    {
        if (isSupervised)
        {
            return (MonitorAddress.At(MonitorSocketOf(process)), RunDir);
        }

        var (text, setting) = MonitorText(process);
        if (text is null)
        {
            return null;
        }

        return MonitorAddress.TryParse(text, out var address, out var fault)
            ? (address, setting)
            : throw new OperatorException($"{setting}: {fault}");
    }

    private (string? Text, string Setting) MonitorText(string process) => process switch
    {
        ProcessNames.Collector => (_processes.Collector.Monitor, "processes.collector.monitor"),
        ProcessNames.Store => (_processes.Store.Monitor, "processes.store.monitor"),
        ProcessNames.Vault => (settings.Vault.Monitor, "vault.monitor"),
        _ => (settings.Web.Listen.ToString(), "web.listen"),
    };

    /// <summary>Sockets whose path cannot be one, or is another's too: then one process would take the other's
    /// place.</summary>
    public IEnumerable<ConfigurationFault> SocketFaults()
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (setting, what, path) in Sockets())
        {
            var fault = PeerAddress.PathFault(path)
                ?? (known.TryAdd(path, what) ? null
                    : $"{path} is {known[path]} and {what}, and one would take the other's place; name another path");
            if (fault is not null)
            {
                yield return ConfigurationFault.Of(setting, $": {fault}");
            }
        }
    }

    /// <summary>Every Unix socket that is opened on this machine, with the setting that says where.</summary>
    private IEnumerable<(string Setting, string What, string Path)> Sockets()
    {
        string[] asked = [ProcessNames.Store, ProcessNames.Desk, .. HasVault ? [ProcessNames.Vault] : (string[])[]];
        foreach (var process in asked.Where(one => TlsOf(one)?.Connect is null))
        {
            yield return process == ProcessNames.Vault
                ? (VaultSocketSetting, "the vault's socket", VaultSocket)
                : (RunDir, $"the {process}'s socket", SocketOf(process));
        }

        if (settings.Control.Socket.Length > 0)
        {
            yield return ("control.socket", "the socket of the API", Path.GetFullPath(settings.Control.Socket));
        }

        foreach (var process in asked.Prepend(ProcessNames.Collector))
        {
            var what = $"the {process}'s monitor";
            if (isSupervised)
            {
                yield return (RunDir, what, MonitorSocketOf(process));
            }
            else if (MonitorText(process) is ({ } text, var setting)
                && text.StartsWith(MonitorAddress.UnixPrefix, StringComparison.Ordinal))
            {
                yield return (setting, what, text[MonitorAddress.UnixPrefix.Length..]);
            }
        }
    }

    /// <summary>User of a process by name.</summary>
    public string UserOf(string process) => (isSupervised ? null : process switch
    {
        ProcessNames.Collector => _processes.Collector.User,
        ProcessNames.Store => _processes.Store.User,
        ProcessNames.Desk => _processes.Desk.User,
        _ => null,
    }) ?? OsUsers.NameOf(OsUsers.Own);
}
