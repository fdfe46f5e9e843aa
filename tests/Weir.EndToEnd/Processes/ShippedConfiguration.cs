// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>What <c>dist/</c> installs, with this test's folders, ports and users in place of its own.</summary>
internal sealed class ShippedConfiguration(TempFolder folder, int web)
{
    private const string OwnPart = "# From here on: yours.";

    public SystemUser Collector { get; } = new("daemon", Knocking);

    public SystemUser Store { get; } = new("sys", Knocking);

    public SystemUser Desk { get; } = new("bin", Knocking);

    public SystemUser Vault { get; } = new("games", Knocking);

    /// <summary>Stands for the group <c>weir</c>.</summary>
    internal static string Knocking => "users";

    public IReadOnlyDictionary<string, int> Monitors { get; } = new Dictionary<string, int>
    {
        ["collector"] = FreePort.Tcp(), ["store"] = FreePort.Tcp(), ["vault"] = FreePort.Tcp(), ["desk"] = web,
    };

    /// <summary>What is governed here; the analyst has a key.</summary>
    public Governed Governed { get; private set; } = null!;

    private static (string User, string Role)[] Officers =>
        [("mail", "privacy-officer"), ("www-data", "operator"), ("backup", "auditor")];

    public string Folder(string process) => folder.At($"lib/{process}");

    public string Socket(string process) => folder.At($"run/{process}/{process}.sock");

    public string Control => folder.At("run/desk/control.sock");

    public string Configuration => folder.At("etc/weir.yaml");

    public string PublicKeys => folder.At("etc/public-keys");

    public SystemUser UserOf(string process) => process switch
    {
        "collector" => Collector, "store" => Store, "desk" => Desk, _ => Vault,
    };

    /// <summary>The text of a file of <c>dist/</c> for this test's place.</summary>
    public string Read(string file)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "dist", file))
            .Replace("/var/lib/weir", folder.At("lib"), StringComparison.Ordinal)
            .Replace("/run/weir", folder.At("run"), StringComparison.Ordinal)
            .Replace("/etc/weir", folder.At("etc"), StringComparison.Ordinal)
            .Replace("group: weir\n", $"group: {Knocking}\n", StringComparison.Ordinal)
            .Replace("127.0.0.1:9461", At("collector"), StringComparison.Ordinal)
            .Replace("127.0.0.1:9462", At("store"), StringComparison.Ordinal)
            .Replace("127.0.0.1:9464", At("vault"), StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", At("desk"), StringComparison.Ordinal);
        foreach (var process in Monitors.Keys)
        {
            text = text.Replace($"weir-{process}", UserOf(process).Name, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Makes the folders, and writes the configuration with an operator's part in place of the example.</summary>
    /// <param name="own">The operator's part.</param>
    /// <param name="analyst">Who is the analyst.</param>
    /// <param name="auditing">Further lines of the section <c>auditing</c>.</param>
    /// <param name="governed">Governed settings in place of every test's.</param>
    public async Task InstallAsync(string own, string analyst, string auditing = "", string? governed = null)
    {
        var folders = folder.File("tmpfiles.conf", Read("tmpfiles.d/weir.conf"));
        var made = await new SystemUser("root").RunAsync("systemd-tmpfiles", "--create", folders);
        Assert.True(made.ExitCode == 0, made.Error);
        var text = Read("weir.yaml");
        text = text[..text.IndexOf(OwnPart, StringComparison.Ordinal)]
            .Replace("decoding:\n", "decoding:\n  active-timeout: 2s\n", StringComparison.Ordinal)
            .Replace("auditing:\n", $"auditing:\n{auditing}", StringComparison.Ordinal)
            .Replace("evidence:\n", "evidence:\n  ring-size: 64MiB\n  flush-interval: 1s\n", StringComparison.Ordinal);
        Governed = Governed.Write(folder, "etc", [(analyst, "analyst"), .. Officers]);
        if (governed is not null)
        {
            Governed.Change(governed, signers: 2);
        }

        await File.WriteAllTextAsync(Configuration, $"{text}{own}");
        File.SetUnixFileMode(Configuration, (UnixFileMode)0b110_100_100);
    }

    private string At(string process) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Monitors[process]}");
}
