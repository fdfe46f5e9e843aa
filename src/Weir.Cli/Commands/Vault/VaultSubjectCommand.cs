// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Cli.Analysis;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Subjects;
using Weir.Hosting.VaultClient;
using Weir.Vault;
using Weir.Wire;

namespace Weir.Cli.Commands.Vault;

/// <summary><c>weir vault subject</c>: what is held about a line, for the customer (rules.md R19).</summary>
internal static class VaultSubjectCommand
{
    private static readonly JsonSerializerOptions Written =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ListingColumn<RetainedItem>[] Columns =
    [
        new("kind", h => h.Kind), new("what", h => h.What), new("from", h => h.From), new("until", h => h.Until),
        new("why", h => h.Why),
    ];

    private sealed record RetainedItem(
        string Kind, string What, DateTimeOffset? From, DateTimeOffset? Until, string Why);

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var address = new Argument<string>("ADDRESS") { Description = "An address of the line." };
        var at =
            new Option<string?>("--at") { Description = "When the line had it, UTC. Default: now.", HelpName = "TIME" };
        var port = new Option<ushort?>("--port") { Description = "Source port, where lines share the address." };
        var output = OutputOption.Create();
        var command = new Command(
            "subject",
            """
            What is held about a line, for the customer: epochs, leases, cases, scopes and why. Asked of a running vault by its own user or a privacy officer, and on record there.

            Example: weir vault subject 192.0.2.7 --at 2026-03-01T12:00:00Z --config /etc/weir/vault.yaml -o json
            """) { address, at, port, config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var format = OutputOption.Read(parsed, output);
            var view = await QueryAsync(
                settings.Vault, parsed.GetValue(address)!, parsed.GetValue(port),
                AnalysisArguments.Instant("--at", parsed.GetValue(at)), cancel);
            Write(view, format, parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<SubjectAccessReport> QueryAsync(
        VaultOptions settings, string text, ushort? port, long? atMs, CancellationToken cancel)
    {
        if (!IpKey.TryParse(text, out var address))
        {
            throw new OperatorException($"'{text}' is not an address; write 192.0.2.7 or 2001:db8::7");
        }

        using var peer = new VaultPeer(
            settings.Socket ?? throw new OperatorException(
                "vault.socket is not set, so no vault can be asked; name its socket"),
            settings.User);
        try
        {
            return await new OperatorVaultClient(peer.Client).SubjectAsync(
                address, port,
                atMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : TimeProvider.System.GetUtcNow(), cancel);
        }
        catch (Exception refused) when (refused is VaultDownException or VaultRefusedException or EpochKeyException)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }

    private static void Write(SubjectAccessReport view, ListingFormat format, TextWriter to)
    {
        if (format == ListingFormat.Json)
        {
            to.WriteLine(Json(view));
            return;
        }

        Listing.Write(Rows(view), Columns, format, to);
        if (format.IsTable())
        {
            Screen.WriteLine($"line: {view.Line}", to);
            foreach (var sentence in new[] { view.Missing, view.Corrections }.Where(sentence => sentence.Length > 0))
            {
                Screen.WriteLine(sentence, to);
            }
        }
    }

    /// <summary>The view as it is; flows that nobody may count are null, and no number.</summary>
    internal static string Json(SubjectAccessReport view)
    {
        var document = JsonSerializer.SerializeToNode(view, Written)!;
        foreach (var scope in document["cases"]!.AsArray().SelectMany(one => one!["scopes"]!.AsArray())
            .Where(scope => (long)scope!["rows"]! < 0))
        {
            scope!["rows"] = null;
        }

        return document.ToJsonString(Written);
    }

    private static IEnumerable<RetainedItem> Rows(SubjectAccessReport view) =>
    [
        .. view.Epochs.Select(epoch => new RetainedItem(
            "sums under a pseudonym", $"epoch {epoch.Epoch}", epoch.From, epoch.Until,
            $"key erased {epoch.KeyErased:yyyy-MM-dd}")),
        .. view.Leases.Select(lease => new RetainedItem(
            "lease", lease.Ports.Length > 0 ? $"{lease.Network} ports {lease.Ports}" : lease.Network, lease.From,
            lease.Until, "")),
        .. view.Cases.SelectMany(Rows),
        .. view.Consents.Select(consent => new RetainedItem(
            "consent", consent.Consent, consent.Given, consent.Withdrawn,
            consent.Used is { } used ? $"used {used:yyyy-MM-dd HH:mm}" : "not used")),
    ];

    private static IEnumerable<RetainedItem> Rows(RetainedCase held) =>
    [
        new("case", held.Case, held.Sealed, null, ""),
        .. held.Scopes.Select(scope => new RetainedItem(
            "scope", $"{scope.Scope} {scope.Class}", scope.From, scope.Until,
            $"{scope.Purpose}: {scope.Why} "
                + $"({(scope.Rows < 0 ? "flows sealed" : $"{scope.Rows} flows kept")}, {scope.State})")),
        .. held.Disclosures.Select(when => new RetainedItem("disclosure", held.Case, null, null, when)),
    ];
}
