// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Cli.Retaining;
using Weir.Desk.Policy;
using Weir.Desk.Reporting.Html;
using Weir.Store.Engine;

namespace Weir.Cli.Commands;

/// <summary><c>weir report retention</c>: what is held, from when, and whether it may be.</summary>
internal static class RetentionCommand
{
    public static Command Create()
    {
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "retention",
            """
            Prove what is held: per kind the oldest and newest, rows and octets as they are in the store and the folders, and the limit.
            Exit 0 where all is within its limit, 1 where something is over it or could not be looked at.

            Example: weir report retention --config /etc/weir/weir.yaml -o csv
            """) { config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = AuditLocationOptions.ConfigurationOf(parsed.GetRequiredValue(config));
            return await WriteAsync(
                settings, OutputOption.Read(parsed.GetValue(output)!), TimeProvider.System,
                parsed.InvocationConfiguration.Output, cancel);
        });
        return command;
    }

    internal static async Task<int> WriteAsync(
        WeirConfiguration settings, ListingFormat format, TimeProvider time, TextWriter to, CancellationToken cancel)
    {
        var (store, fault) = await RetentionStoreAccess.TryOpenAsync(settings.Store, time, cancel);
        await using var held = store;
        var rows = await RetentionReport.BuildAsync(
            Places(settings, PolicyRules.Of(settings), store, fault), time.GetUtcNow(), cancel);
        Listing.Write(rows, RetentionReport.Columns, format, to);
        return RetentionReport.IsWithin(rows) ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Every place. A new kind adds its line here.</summary>
    private static IEnumerable<IRetentionSource> Places(
        WeirConfiguration settings, PolicyProfile policy, FlowStore? store, string fault)
    {
        IRetentionSource Table(string name) =>
            store is not null ? new StoreTableRetention(store, name, name, policy.PairDigestDays)
            : fault.Length > 0 ? new UnreachableRetention(name, fault)
            : new FileRetention(name, settings.Store.Embedded!, "*", TimeSpan.FromDays(policy.PairDigestDays));

        var serve = new RetentionInventoryClient(settings.Control.Socket);
        var places = new ProcessPlaces(settings, isSupervised: true);
        // A vault that is a child of weir serve and does not run is looked at where its files are.
        var vault = places.HasVault && (!places.IsVaultSupervised || File.Exists(places.VaultSocket))
            ? places.VaultSocket
            : null;
        return
        [
            new RingRetention(serve, policy),
            new CounterRetention(serve, policy),
            Table("pairs"),
            Table("sightings"),
            new FileRetention(
                "spool", Path.Combine(settings.Store.Spool, "spool", "ready"), "*.seg",
                TimeSpan.FromDays(policy.PairDigestDays)),
            new FileRetention(
                "spool, set aside", Path.Combine(settings.Store.Spool, "spool", "bad"), "*.seg",
                TimeSpan.FromDays(policy.PairDigestDays)),
            store is not null ? new EvidenceRetention(store, policy)
                : fault.Length > 0 ? new UnreachableRetention("evidence", fault)
                : new FileRetention(
                    "evidence", settings.Store.Embedded!, "*", TimeSpan.FromDays(EvidenceCeiling.DaysOf(policy))),
            new CaseRetention(Path.Combine(settings.Cases.Dir, "records.sqlite"), policy),
            vault is not null
                ? new IdentityRetention(vault, settings.Vault.User, policy.IdentityDays)
                : new FileRetention(
                    "identity", Path.GetFullPath(settings.Vault.Dir), "identity.db",
                    TimeSpan.FromDays(policy.IdentityDays)),
            vault is not null ? new VaultKeyRetention(vault, settings.Vault.User)
                : new EpochKeyRetention(Path.Combine(Path.GetFullPath(settings.Vault.Dir), "keys")),
            new FileRetention("reports and aggregates", settings.Report.Dir, "*", null),
            new AuditRetention(settings.Auditing.Options("")),
        ];
    }
}
