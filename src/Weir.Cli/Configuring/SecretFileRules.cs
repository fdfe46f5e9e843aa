// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Running;
using Weir.Desk.Composing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Posix;
using Weir.Store;
using Weir.Vault;

namespace Weir.Cli.Configuring;

/// <summary>Every private key and file of secrets that the configuration names: others may not read it, and its process
/// may. Asked when the configuration is read, so that <c>weir check</c> and the start say the same. One that is not
/// there, or that whoever reads cannot see, is its process's to tell.</summary>
internal static class SecretFileRules
{
    private const string Desk = "desk";

    private static readonly (string Process, Type Takes)[] Takers =
    [
        ("collector", typeof(ICollectorConfiguration)), ("store", typeof(IStoreConfiguration)),
        (Desk, typeof(IDeskConfiguration)), ("vault", typeof(IVaultConfiguration)),
    ];

    private const UnixFileMode Others =
        UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        foreach (var (path, file) in Schema.SecretFiles(settings))
        {
            if (Fault(file, ProcessOf(path), settings) is { } fault)
            {
                yield return (path, fault);
            }
        }
    }

    private static string? Fault(string file, string? process, WeirConfiguration settings)
    {
        var link = new FileInfo(file).LinkTarget is null ? null : File.ResolveLinkTarget(file, returnFinalTarget: true);
        if (PathOwner.Get(link?.FullName ?? file) is not { IsFile: true } there)
        {
            return null;
        }

        if ((there.Mode & Others) != 0)
        {
            return $"names {file}, which others than its owner may read or write; chmod 600 {file}";
        }

        // Without a user of its own a process is whoever starts it, whom a person who reads the file need not be.
        if (process is null || UserOf(settings, process) is not { } user)
        {
            return null;
        }

        var reader = OsUsers.UserId(user) ?? 0;
        return reader == 0 || there.User == reader || (there.User == OsUsers.Own && OsUsers.Own != 0)
                || (there.Mode.HasFlag(UnixFileMode.GroupRead) && there.Group != 0) ? null
            : $"names {file}, which is {OsUsers.NameOf(there.User)}'s, and weir {process} runs as {user}, who may not "
                + $"read it; chown {user} {file}";
    }

    /// <summary>Whose user has to read it: the one process that takes its section; null where several do. What none
    /// takes by its interface, lists among it, the desk puts together.</summary>
    internal static string? ProcessOf(string path)
    {
        if (path.Split('.') is ["processes", var process, ..])
        {
            return process;
        }

        var key = path.Split('.', '[')[0];
        var section = Schema.Of(typeof(WeirConfiguration)).Single(setting => setting.Key == key).Property.Name;
        var takers = Takers.Where(taker => taker.Takes.GetProperty(section) is not null).ToList();
        return takers.Count switch { 0 => Desk, 1 => takers[0].Process, _ => null };
    }

    private static string? UserOf(WeirConfiguration settings, string process) => process switch
    {
        "collector" => settings.Processes.Collector.User,
        "store" => settings.Processes.Store.User,
        "vault" => settings.Vault.User,
        _ => settings.Processes.Desk.User,
    };
}
