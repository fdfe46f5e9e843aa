// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Collector.Composing;
using Weir.Desk.Composing;
using Weir.Hosting.Backups;
using Weir.Hosting.Posix;
using Weir.Store;
using Weir.Vault;

namespace Weir.Cli.Commands.Backups;

/// <summary>The backup of each process of a configuration.</summary>
internal static class ProcessBackups
{
    /// <summary>What a process's backup holds.</summary>
    /// <exception cref="OperatorException">Who asks is not the process's user.</exception>
    public static BackupPlan Create(string process, WeirConfiguration settings)
    {
        var places = new ProcessPlaces(settings, isSupervised: false);
        var folder = places.FolderOf(process);
        var plan = process switch
        {
            ProcessNames.Collector => CollectorBackup.Create(folder, settings.Decoding.TemplateFile),
            ProcessNames.Store => StoreBackup.Create(folder),
            ProcessNames.Desk => DeskBackup.Create(settings, folder),
            _ => VaultBackup.Create(settings.Vault),
        };
        return PathOwner.Get(plan.Folder) is { } there && there.User != OsUsers.Own
            ? throw new OperatorException(
                $"{plan.Folder} is {OsUsers.NameOf(there.User)}'s, and each process backs up its own; run it as that "
                    + $"user: runuser -u {OsUsers.NameOf(there.User)} -- weir …", ExitCode.Failed)
            : plan;
    }
}
