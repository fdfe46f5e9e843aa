// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Cli.Configuring;
using Weir.EndToEnd.Support;
using Weir.Hosting.Configuration;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>Units, users, folders and configuration of <c>dist/</c>, judged by systemd and by each other.</summary>
public sealed class ShippedUnitsTests : IDisposable
{
    private static readonly string Dist = Path.Combine(RepositoryRoot.Path, "dist");

    private static readonly string[] Processes = ["collector", "store", "desk", "vault"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Systemd_finds_nothing_in_a_unit()
    {
        Need.Programs("systemd-analyze");
        string[] units = [.. Processes.Select(process => _folder.File(
            $"weir-{process}.service",
            File.ReadAllText(Unit(process)).Replace("/usr/bin/weir", "/bin/true", StringComparison.Ordinal)))];

        var said = await SaidAsync("systemd-analyze", ["verify", "--man=no", .. units]);

        Assert.DoesNotContain("weir-", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_users_of_the_units_are_made_and_are_in_the_group_that_knocks()
    {
        Need.Programs("systemd-sysusers");
        _ = Directory.CreateDirectory(_folder.At("etc"));
        _ = Directory.CreateDirectory(_folder.At("usr/lib/sysusers.d"));
        File.Copy(Path.Combine(Dist, "sysusers.d", "weir.conf"), _folder.At("usr/lib/sysusers.d/weir.conf"));

        _ = await SaidAsync("systemd-sysusers", [$"--root={_folder.Path}"]);

        var users = File.ReadLines(_folder.At("etc/passwd")).Select(line => line.Split(':')).ToList();
        var members = File.ReadLines(_folder.At("etc/group")).Select(line => line.Split(':'))
            .Single(line => line[0] == "weir")[3].Split(',');
        Assert.All(Processes, process =>
        {
            var unit = Settings(Unit(process));
            var user = Assert.Single(users, one => one[0] == unit["User"]);
            Assert.Equal((unit["User"], "weir"), (unit["Group"], unit["SupplementaryGroups"]));
            Assert.Equal($"/var/lib/{unit["StateDirectory"]}", user[5]);
            Assert.Contains(unit["User"], members);
        });
        Assert.Equal(Processes.Length, users.Count);
    }

    [Fact]
    public void Every_path_and_user_of_a_unit_is_the_configurations()
    {
        var reading = ConfigurationReader.ReadFile<WeirConfiguration>(Path.Combine(Dist, "weir.yaml"));
        Assert.True(reading.IsSound, string.Join('\n', reading.Faults));
        var settings = reading.Value;
        Assert.Equal(
            ["weir-collector", "weir-store", "weir-desk", "weir-vault"],
            [
                settings.Processes.Collector.User, settings.Processes.Store.User, settings.Processes.Desk.User,
                settings.Vault.User,
            ]);
        Assert.Equal("weir", settings.Processes.Group);
        Assert.DoesNotContain(
            ConfigurationRules.Warnings(settings), one => one.Sentence.Contains("vault", StringComparison.Ordinal));

        var own = new Dictionary<string, string[]>
        {
            ["collector"] = [settings.Decoding.TemplateFile, settings.Evidence.Directory, settings.Store.Spool],
            ["store"] = [settings.Store.Embedded!, $"{settings.Processes.RunDir}/store/store.sock"],
            ["desk"] = [
                settings.Auditing.Directory, settings.Cases.Dir, settings.Report.Dir,
                settings.Control.Socket, $"{settings.Processes.RunDir}/desk/desk.sock"],
            ["vault"] = [settings.Vault.Dir + "/keys", settings.Vault.Socket!],
        };
        var made = File.ReadLines(Path.Combine(Dist, "tmpfiles.d", "weir.conf"))
            .Where(line => line.StartsWith("d ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(line => line[1], line => (Mode: line[2], User: line[3]));
        Assert.All(own, one =>
        {
            var unit = Settings(Unit(one.Key));
            Assert.Equal($"/usr/bin/weir {one.Key} --config /etc/weir/weir.yaml", unit["ExecStart"]);
            string[] folders =
            [
                $"/var/lib/{unit["StateDirectory"]}",
                .. unit.TryGetValue("RuntimeDirectory", out var run) ? [$"/run/{run}"] : Array.Empty<string>(),
            ];
            Assert.Equal(folders[0], $"{settings.Processes.Dir}/{one.Key}");
            Assert.All(one.Value, path => Assert.Contains(
                folders, folder => path.StartsWith(folder + "/", StringComparison.Ordinal)));
            Assert.All(folders, folder => Assert.Equal(unit["User"], made[folder].User));
            Assert.Equal((unit["StateDirectoryMode"], "0700"), (made[folders[0]].Mode, unit["StateDirectoryMode"]));
        });
    }

    private static string Unit(string process) => Path.Combine(Dist, $"weir-{process}.service");

    private static Dictionary<string, string> Settings(string unit) => File.ReadLines(unit)
        .Where(line => line.Contains('=') && line[0] != '#')
        .ToDictionary(line => line[..line.IndexOf('=')], line => line[(line.IndexOf('=') + 1)..]);

    private static async Task<string> SaidAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return await output + error;
    }
}
