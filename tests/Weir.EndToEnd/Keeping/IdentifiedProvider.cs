// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Weir.EndToEnd.Processes;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Keeping;

/// <summary>The four processes of a provider whose NAS tells who has an address, and whose customers have pages; with a
/// small provider's traffic, and the cases that came of it.</summary>
public sealed class IdentifiedProvider : IAsyncLifetime
{
    /// <summary>The only NAS with a secret.</summary>
    internal const string Nas = "127.0.0.2";

    private const string Secret = "rosebud";

    private readonly int _accounting = FreePort.Udp();

    public IdentifiedProvider() => Four = new() { Configure = ConfigureAsync };

    internal FourProcesses Four { get; }

    /// <summary>Port of customers' pages.</summary>
    internal int Pages { get; } = FreePort.Tcp();

    internal string Audit => Path.Combine(Four.Place.Folder("vault"), "audit");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => Four.DisposeAsync();

    /// <summary>An accounting request under the NAS's secret; what radclient says of it.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="attributes">As radclient reads them.</param>
    internal async Task<string> AccountAsync(string source, string attributes)
    {
        var to = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_accounting}");
        var start = new ProcessStartInfo("radclient", ["-x", "-r", "1", "-t", "3", to, "acct", Secret])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync($"Packet-Src-IP-Address = {source}, {attributes}");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await error;
    }

    /// <summary>Who had an address, asked of the vault by its own user.</summary>
    internal Task<WeirResult> WhoHadAsync(string address, DateTimeOffset at) => Four.Place.Vault.RunWeirAsync(
        "vault", "subject", address, "--at",
        at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), "--config",
        Four.Place.Configuration, "-o", "json");

    private async Task<string> ConfigureAsync(string text)
    {
        Need.Programs("radclient");
        var secrets = Path.Combine(Path.GetDirectoryName(Four.Place.Configuration)!, "nas-secrets");
        await File.WriteAllTextAsync(secrets, $"{Nas}/32 {Secret}\n");
        File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var given = await new SystemUser("root").RunAsync("chown", Four.Place.Vault.Name, secrets);
        Assert.True(given.ExitCode == 0, given.Error);
        return text
            .Replace("vault:\n", $"""
                vault:
                  identity:
                    sources:
                      - name: bng
                        kind: radius
                        listen: 127.0.0.1:{_accounting}
                        secret-file: {secrets}
                        line-from: class

                """, StringComparison.Ordinal)
            .Replace("attributing:\n  networks:\n", """
                attributing:
                  networks:
                    - prefix: 100.64.7.0/24
                      attribution: leased

                """, StringComparison.Ordinal) + $"""

            selfservice:
              enabled: true
              listen: 127.0.0.1:{Pages}
              public: http://127.0.0.1:{Pages}
              provider: Example Net
              contact: "Telephone 0800 000000, daily 8 to 20"
              contact-de: "Telefon 0800 000000, täglich 8 bis 20 Uhr"

            """;
    }
}
