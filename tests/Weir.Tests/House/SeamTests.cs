// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

/// <summary>What cannot be simulated is behind a seam of Weir.Hosting: time, files, the network, queues of work. Where
/// code goes past a seam still, its folder is counted here, so that a new place is seen and an old one may only go.
/// Weir.Hosting holds the seams; Weir.Cli is what a person runs.</summary>
public sealed partial class SeamTests
{
    private static readonly string[] Outside = ["src/Weir.Hosting/", "src/Weir.Cli/"];

    private static readonly SourceFile[] Sources =
    [
        .. Repository.Sources("src").Where(
            file => !Array.Exists(Outside, path => file.Path.StartsWith(path, StringComparison.Ordinal))),
    ];

    [Fact]
    public void One_place_opens_SQLite() =>
        Breaches.None(Repository.Sources("src").Where(file => !file.Path.StartsWith("src/Weir.Hosting/Sqlite/",
                StringComparison.Ordinal) && Sqlite().IsMatch(file.Text)).Select(file => file.Path));

    [Fact]
    public void Threads_are_begun_past_the_seam_where_it_is_listed() => Compare(Threads(), new()
        {
            ["Weir.Collector"] = 3,
            ["Weir.Collector/Accounting"] = 1,
            ["Weir.Collector/Collecting/Sessions"] = 1,
            ["Weir.Collector/Collecting/Sockets"] = 1,
            ["Weir.Collector/Digesting"] = 2,
            ["Weir.Collector/Events"] = 2,
            ["Weir.Collector/Running"] = 3,
            ["Weir.Desk/Collectors"] = 1,
            ["Weir.Desk/Complaints"] = 1,
            ["Weir.Desk/Lists/Feeds"] = 1,
            ["Weir.Desk/Reporting/Transparency"] = 1,
            ["Weir.Store/Embedded"] = 3,
        });

    [Fact]
    public void Files_are_reached_past_the_seam_where_it_is_listed() => Compare(Files(), new()
        {
            ["Weir.Collector/Accounting"] = 1,
            ["Weir.Collector/Collecting/Files"] = 2,
            ["Weir.Collector/Collecting/Sockets"] = 1,
            ["Weir.Collector/Decoding"] = 1,
            ["Weir.Collector/Digesting"] = 1,
            ["Weir.Collector/Segments"] = 1,
            ["Weir.Desk/Api"] = 1,
            ["Weir.Desk/Comparisons"] = 1,
            ["Weir.Desk/Complaints"] = 1,
            ["Weir.Desk/Enrichment"] = 1,
            ["Weir.Desk/Escalations"] = 1,
            ["Weir.Desk/Lists"] = 3,
            ["Weir.Desk/Lists/Feeds"] = 1,
            ["Weir.Desk/Lists/Feeds/Reading"] = 3,
            ["Weir.Desk/Lists/Feeds/Text"] = 1,
            ["Weir.Desk/Lists/Fetching"] = 4,
            ["Weir.Desk/Mitigation"] = 1,
            ["Weir.Desk/Mitigation/Rpz"] = 1,
            ["Weir.Desk/Policy"] = 2,
            ["Weir.Desk/Promotion"] = 1,
            ["Weir.Desk/Records"] = 1,
            ["Weir.Desk/Reporting/Transparency"] = 2,
            ["Weir.Store/ClickHouse"] = 2,
            ["Weir.Store/Embedded"] = 4,
            ["Weir.Store/Evidence"] = 1,
            ["Weir.Store/Loading"] = 2,
            ["Weir.Store/Population"] = 1, ["Weir.Store/Publishing"] = 3,
            ["Weir.Store/Retention"] = 1,
            ["Weir.Store/Runs"] = 2,
            ["Weir.Vault/Approving"] = 1,
            ["Weir.Vault/Consenting"] = 2,
            ["Weir.Vault/Customers"] = 1,
            ["Weir.Vault/Disclosing"] = 1,
            ["Weir.Vault/Gardening/Radius"] = 1,
            ["Weir.Vault/Identity/Intake"] = 1,
            ["Weir.Vault/Identity/Radius"] = 2,
            ["Weir.Vault/Identity/Records"] = 1,
            ["Weir.Vault/Keys"] = 3,
            ["Weir.Vault/Notifying"] = 1,
            ["Weir.Vault/Sealing"] = 1,
            ["Weir.Vault/Status"] = 1,
            ["Weir.Vault/Texts"] = 1,
        });

    [Fact]
    public void Sockets_are_opened_past_the_seam_where_it_is_listed() => Compare(Sockets(), new()
        {
            ["Weir.Collector/Collecting/Sockets"] = 1,
            ["Weir.Desk/Lists/Fetching"] = 1,
            ["Weir.Store/ClickHouse"] = 1,
            ["Weir.Vault/Gardening/Radius"] = 1,
            ["Weir.Vault/Identity/Intake"] = 2,
        });

    [Fact]
    public void Random_numbers_are_drawn_past_the_seam_where_it_is_listed() => Compare(Randomness(), new()
        {
            ["Weir.Store/Publishing"] = 1,
            ["Weir.Collector"] = 1,
            ["Weir.Collector/Corroborating"] = 1,
            ["Weir.Collector/Detecting"] = 1,
            ["Weir.Collector/Digesting"] = 2,
            ["Weir.Contracts/Approvals"] = 1,
            ["Weir.Contracts/Consents"] = 1,
            ["Weir.Contracts/Customers"] = 1,
            ["Weir.Contracts/Protocol"] = 1,
            ["Weir.Desk/Alerts"] = 1,
            ["Weir.Desk/Cases"] = 1,
            ["Weir.Desk/Lists/Fetching"] = 1,
            ["Weir.Desk/Mitigation"] = 1,
            ["Weir.Desk/Orders"] = 1,
            ["Weir.Desk/Sessions"] = 1,
            ["Weir.Vault/Attributing"] = 1,
            ["Weir.Vault/Consenting"] = 1,
            ["Weir.Vault/Customers"] = 1,
            ["Weir.Vault/Gardening"] = 1,
            ["Weir.Vault/Gardening/Radius"] = 1,
            ["Weir.Vault/Identity/Radius"] = 1,
            ["Weir.Vault/Sealing"] = 1,
        });

    /// <summary>Folders with the number of their files that match; more is a breach, fewer lowers the figure.</summary>
    private static void Compare(Regex call, Dictionary<string, int> listed)
    {
        var found = Sources.Where(file => call.IsMatch(file.Text))
            .CountBy(file => Path.GetDirectoryName(file.Path)!["src/".Length..]).ToDictionary();
        Breaches.None(found.Keys.Union(listed.Keys).Order(StringComparer.Ordinal)
            .Where(folder => found.GetValueOrDefault(folder) != listed.GetValueOrDefault(folder))
            .Select(folder => $"{folder}: {found.GetValueOrDefault(folder)} files where "
                + $"{listed.GetValueOrDefault(folder)} are listed; go through Weir.Hosting, or lower the figure"));
    }

    [GeneratedRegex(@"\bMicrosoft\.Data\.Sqlite\b|\bSqlite(Connection|Command|DataReader|Transaction|Exception)\b")]
    private static partial Regex Sqlite();

    [GeneratedRegex(@"new Thread\(|Task\.Run\(")]
    private static partial Regex Threads();

    [GeneratedRegex(@"\b(File|Directory)\.(Open|Create|Read|Write|Append|Delete|Move|Copy|Exists|Enumerate|Get|Set)"
        + @"|\bFile\.Replace|new (FileStream|StreamWriter|StreamReader)\(")]
    private static partial Regex Files();

    [GeneratedRegex(@"new (Socket|TcpClient|TcpListener|UdpClient|SslStream)\(")]
    private static partial Regex Sockets();

    [GeneratedRegex(@"\bRandomNumberGenerator\.|Random\.Shared|new Random\(")]
    private static partial Regex Randomness();
}
