// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Packaging;

/// <summary>What the package holds, to whom it belongs, and what its scripts are. That it installs, starts, upgrades
/// and goes is <c>scripts/prove.d/50-package.sh</c>.</summary>
public sealed class PackageTests(BuiltPackage package) : IClassFixture<BuiltPackage>
{
    private const string Program = "/usr/lib/weir/";
    private const string Documents = "/usr/share/doc/weir/";

    private static readonly string[] Scripts = ["postinst", "prerm", "postrm"];

    [Fact]
    public async Task Every_file_lies_where_a_system_has_it_and_belongs_to_root()
    {
        var all = await package.ListAsync();

        var rest = all.Where(file => !file.Path.EndsWith('/'))
            .Where(file => !file.Path.StartsWith(Program, StringComparison.Ordinal)
                && !file.Path.StartsWith(Documents, StringComparison.Ordinal))
            .Select(file => $"{file.Mode} {file.Path}").Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "-rw-r--r-- /etc/logrotate.d/weir",
                "-rw-r--r-- /etc/weir/weir.yaml",
                "-rw-r--r-- /usr/lib/systemd/system/weir-collector.service",
                "-rw-r--r-- /usr/lib/systemd/system/weir-desk.service",
                "-rw-r--r-- /usr/lib/systemd/system/weir-store.service",
                "-rw-r--r-- /usr/lib/systemd/system/weir-vault.service",
                "-rw-r--r-- /usr/lib/sysusers.d/weir.conf",
                "-rw-r--r-- /usr/lib/tmpfiles.d/weir.conf",
                "-rw-r--r-- /usr/share/bash-completion/completions/weir",
                "-rw-r--r-- /usr/share/man/man1/weir.1.gz",
                "-rw-r--r-- /usr/share/weir/grafana-weir.json",
                "-rw-r--r-- /usr/share/weir/policies/eu-provider.yaml",
                "-rw-r--r-- /usr/share/weir/policies/lab.yaml",
                "-rw-r--r-- /usr/share/weir/policies/us-provider.yaml",
                "-rw-r--r-- /usr/share/weir/weir-alerts.rules.yml",
                "lrwxrwxrwx /usr/bin/weir -> ../lib/weir/Weir.Cli",
            ],
            rest);
        Assert.All(all, file => Assert.Equal("root/root", file.Owner));
        Assert.All(
            all.Where(file => file.Mode[0] != 'l' && file.Path != Program + "Weir.Cli"),
            file => Assert.Equal(file.Path.EndsWith('/') ? "drwxr-xr-x" : "-rw-r--r--", file.Mode));
        Assert.Equal("-rwxr-xr-x", all.Single(file => file.Path == Program + "Weir.Cli").Mode);
        Assert.Contains(all, file => file.Path == Program + "Weir.Cli.dll");
        Assert.DoesNotContain(
            all, file => file.Path.EndsWith(".pdb", StringComparison.Ordinal)
                || file.Path.EndsWith("libchdb.so", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_operator_changes_is_asked_about_at_an_upgrade()
    {
        var folder = await package.UnpackAsync();

        var kept = await File.ReadAllLinesAsync(Path.Combine(folder, "DEBIAN", "conffiles"));
        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(folder, "etc"), "*", SearchOption.AllDirectories)
                .Select(file => file[folder.Length..]).Order(StringComparer.Ordinal),
            kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sums_of_all_files_are_told_and_hold()
    {
        var folder = await package.UnpackAsync();

        var told = (await File.ReadAllLinesAsync(Path.Combine(folder, "DEBIAN", "md5sums")))
            .ToDictionary(line => line[34..], line => line[..32]);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Path.Combine(folder, "DEBIAN"), StringComparison.Ordinal)
                && File.ResolveLinkTarget(file, false) is null);
#pragma warning disable CA5351 // dpkg's own sum against damage, not against forgery.
        Assert.Equal(
            files.ToDictionary(
                file => file[(folder.Length + 1)..],
                file => Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(file)))),
            told);
#pragma warning restore CA5351
    }

    [Fact]
    public async Task The_scripts_of_the_package_are_a_plain_shells_and_shellcheck_finds_nothing()
    {
        Need.Programs("shellcheck", "dash");
        var folder = Path.Combine(await package.UnpackAsync(), "DEBIAN");

        Assert.All(Scripts, script => Assert.Equal(
            (UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(folder, script))));
        string[] paths = [.. Scripts.Select(script => Path.Combine(folder, script))];
        Assert.Equal("", await BuiltPackage.RunAsync("shellcheck", ["-s", "sh", .. paths]));
        foreach (var path in paths)
        {
            _ = await BuiltPackage.RunAsync("dash", "-n", path);
        }
    }

    [Fact]
    public async Task What_a_unit_names_is_in_the_package()
    {
        var folder = await package.UnpackAsync();
        var units = Directory.GetFiles(Path.Combine(folder, "usr/lib/systemd/system"));
        Assert.Equal(4, units.Length);

        foreach (var setting in units.SelectMany(File.ReadAllLines))
        {
            var (key, value) = (setting.Split('=')[0], setting[(setting.IndexOf('=') + 1)..]);
            switch (key)
            {
                case "Documentation":
                    Assert.All(value.Split(' '), page => Assert.True(Exists(page), page));
                    break;
                case "ExecStart" or "ExecStartPre":
                    Assert.StartsWith("/usr/bin/weir ", value, StringComparison.Ordinal);
                    Assert.EndsWith("weir.yaml", value.Split(" --process")[0], StringComparison.Ordinal);
                    break;
            }
        }

        bool Exists(string page) => page switch
        {
            "man:weir(1)" => File.Exists(Path.Combine(folder, "usr/share/man/man1/weir.1.gz")),
            _ => page.StartsWith("file:/", StringComparison.Ordinal) && File.Exists(folder + page["file:".Length..]),
        };
    }

    [Fact]
    public async Task Its_own_configuration_has_no_fault_and_warns_of_what_is_the_operators()
    {
        var folder = await package.UnpackAsync();

        var check = await Support.WeirProcess.RunAsync(
            "check", "--config", Path.Combine(folder, "etc/weir/weir.yaml"));

        Assert.Equal(0, check.ExitCode);
        Assert.Contains("placeholder", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_commit_gives_the_same_octets()
    {
        var (one, two) = (await package.FileAsync(), await package.BuildAsync("two"));

        Assert.Equal(Path.GetFileName(one), Path.GetFileName(two));
        Assert.Equal(SHA256.HashData(await File.ReadAllBytesAsync(one)), SHA256.HashData(await File.ReadAllBytesAsync(two)));
    }
}
