// SPDX-License-Identifier: Apache-2.0
//
// weir.yaml with the settings that two people signed put in. A process takes them from the governance that it has in
// force; a command that only shows takes them as they lie.
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Sections;

namespace Weir.Cli.Configuring;

/// <summary>Reads a configuration.</summary>
internal static class GovernedConfiguration
{
    /// <summary>As the governance lies there, whoever signed it: for commands.</summary>
    public static ConfigurationReading<WeirConfiguration> ReadFile(string file)
    {
        var own = ConfigurationReader.ReadFile<WeirConfiguration>(file);
        return Lies(own.Value)?.Settings is { Length: > 0 } settings
            ? ConfigurationReader.ReadFile<WeirConfiguration>(file, settings) : own;
    }

    /// <summary>By what a process has in force.</summary>
    public static ConfigurationReading<WeirConfiguration> ReadFile(string file, GovernanceInForce inForce) =>
        ConfigurationReader.ReadFile<WeirConfiguration>(file, inForce.Document?.Settings ?? "");

    /// <summary>For a process that starts: by what it will have in force. Nothing is kept yet.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="folderOf">The process's own folder, by what the file says.</param>
    public static ConfigurationReading<WeirConfiguration> ReadFor(
        string file, Func<WeirConfiguration, string> folderOf)
    {
        var own = ConfigurationReader.ReadFile<WeirConfiguration>(file);
        if (own.Value.Profile == Profile.Lab)
        {
            return own;
        }

        try
        {
            return ReadFile(file, new GovernanceKeeper(
                own.Value.Governance, folderOf(own.Value), TimeProvider.System, keeps: false).Load());
        }
        catch (InvalidDataException damaged)
        {
            return own with
            {
                Faults = [.. own.Faults, own.Place(new(0, 0, damaged.Message) { Path = "governance" })],
            };
        }
    }

    /// <summary>Paths of the settings that stand in the governance, and so may not stand in weir.yaml.</summary>
    public static IReadOnlyList<string> Governed(WeirConfiguration settings) =>
        Lies(settings) is { } lies ? GovernedSettings.Paths(lies.Settings) : [];

    /// <summary>What two people should answer for and do not: whoever may write the file changes it alone.</summary>
    public static IReadOnlyList<string> NotGoverned(WeirConfiguration settings)
    {
        if (Lies(settings) is not { } lies)
        {
            return [];
        }

        var open = GovernedSettings.Wanted.Except(GovernedSettings.Paths(lies.Settings));
        return [.. lies.EventKeys.Count == 0 ? (string[])["event keys"] : [], .. open];
    }

    /// <summary>Lists from files that no owner signs: whoever may write the file changes the list alone. None where
    /// there is no governance.</summary>
    public static IReadOnlyList<string> UnsignedLists(WeirConfiguration settings) => Lies(settings) is null ? [] :
    [
        .. settings.Matching.Lists.Where(list => list.Url.Length + list.Owner.Length == 0).Select(list => list.Name),
    ];

    /// <summary>The governance as it lies there, where it is sound. Who may not read it, and who finds it damaged, is told
    /// so by the processes; here what the file says counts.</summary>
    public static GovernanceDocument? Lies(WeirConfiguration settings)
    {
        try
        {
            return settings.Profile != Profile.Lab
                && SignedGovernance.Read(settings.Governance.File)?.Parse() is { IsSound: true } lies ? lies.Value : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
