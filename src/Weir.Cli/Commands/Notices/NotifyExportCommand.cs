// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Desk.Api.Sharing;
using Weir.Desk.Reporting;
using Weir.Desk.Sharing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Files;

namespace Weir.Cli.Commands.Notices;

/// <summary><c>weir notify export</c>: confirmed C&amp;Cs for others, without the lines that talked to them
/// (rules.md R16).</summary>
internal static class NotifyExportCommand
{
    private static readonly JsonSerializerOptions Written =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var format = new Argument<string>("FORMAT")
        {
            Description = "stix (2.1 bundle), misp (event) or xarf (4.2, one report an endpoint)."
        };
        format.AcceptOnlyFromAmong("stix", "misp", "xarf");
        var org = new Option<string>("--org") { Description = "The provider's name.", Required = true };
        var domain = new Option<string>("--domain") { Description = "Its domain.", Required = true };
        var contact =
            new Option<string>("--contact") { Description = "Mail address of its abuse desk.", Required = true };
        var tlp = new Option<string>("--tlp")
        {
            Description = "How far it may go on: clear, green, amber (default) or red.",
            DefaultValueFactory = _ => "amber",
            HelpName = "WORD"
        };
        tlp.AcceptOnlyFromAmong("clear", "green", "amber", "red");
        var (days, valid) = (Days(), ValidFor());
        var to = new Option<string?>("--out")
        {
            Description = "File; for xarf a folder, one file an endpoint. Default: standard output.",
            HelpName = "PATH"
        };
        var command = new Command(
            "export",
            """
            Export confirmed C&C endpoints: listed ones that lines here talked to, and promoted ones. Counts of lines are bands; no line is in it.

            Example: weir notify export stix --org "Example Net" --domain example.net --contact abuse@example.net --out confirmed.json
            """) { format, org, domain, contact, tlp, days, valid, to };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(days) is < 1 or > SharingRoutes.MaxDays)
            {
                throw new OperatorException(
                    $"--days {parsed.GetValue(days)} is not within 1 to {SharingRoutes.MaxDays}");
            }

            var sharer = Sharer(parsed.GetValue(org)!, parsed.GetValue(domain)!, parsed.GetValue(contact)!);
            using var client = api.Open(parsed);
            var asked = new SharingRequest(parsed.GetValue(days), Valid(parsed.GetValue(valid)!));
            var shared = await SharedAsync(client, asked, cancel);
            Write(
                parsed.GetValue(format)!, shared,
                new(
                    sharer, Enum.Parse<Tlp>(parsed.GetValue(tlp)!, ignoreCase: true), TimeProvider.System.GetUtcNow()),
                parsed.GetValue(to), parsed.InvocationConfiguration.Output);
            if (shared.Count == 0)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(Nothing(asked.Days));
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Why an export may have nothing in it.</summary>
    internal static string Nothing(int days) => string.Create(
        CultureInfo.InvariantCulture,
        $"weir: 0 endpoints: no listed or promoted C&C was met within {days} d; a contact counts when its window is "
            + $"counted, up to half an hour later (weir case list shows what opened cases)");

    private static Option<int> Days() => new("--days")
    {
        Description = "Seen within so many days, 1 to 7 (default 7).",
        DefaultValueFactory = _ => SharingRoutes.MaxDays
    };

    private static Option<string> ValidFor() => new("--valid")
    {
        Description = "How long it is to be believed after it was last seen, unless its list says less; default 30d.",
        DefaultValueFactory = _ => "30d",
        HelpName = "DURATION"
    };

    private static async Task<List<SharedEndpoint>> SharedAsync(
        ApiClient client, SharingRequest asked, CancellationToken cancel)
    {
        var found = await client.PostAsync(
            "shared-endpoints", asked, SharingJson.Default.SharingRequest, SharingJson.Default.SharingResponse, cancel);
        return [.. found.Endpoints.Select(row => row.Read() ?? throw new OperatorException(
            $"weir serve names an endpoint '{row.Endpoint}' that this program cannot read; both must be of one version",
            ExitCode.Failed))];
    }

    /// <summary>Who shares, how far it may go on, and when it was made.</summary>
    internal sealed record ExportHead(Sharer Sharer, Tlp Tlp, DateTimeOffset At);

    internal static void Write(
        string format, IReadOnlyList<SharedEndpoint> shared, ExportHead head, string? path, TextWriter output)
    {
        var (sharer, tlp, at) = head;
        if (format != "xarf")
        {
            Write(format == "stix"
                ? StixDocument.Create(shared, sharer, tlp, at)
                : MispDocument.Create(shared, sharer, tlp, at), path, output);
        }
        else if (path is null)
        {
            Write(new JsonArray([.. shared.Select(s => XarfDocument.Create(s, sharer, tlp))]), null, output);
        }
        else
        {
            MakeFolder(path);
            foreach (var one in shared)
            {
                Write(XarfDocument.Create(one, sharer, tlp), Path.Combine(path, NameOf(one)), output);
            }
        }
    }

    private static void MakeFolder(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(path, refused);
        }
    }

    private static OperatorException Unwritten(string path, Exception refused) => new(
        $"--out {path} cannot be written: {refused.Message}; choose another path", ExitCode.Failed);

    /// <summary>The endpoint as a file's name: <c>192.0.2.7_443_tcp.json</c>.</summary>
    private static string NameOf(SharedEndpoint shared) =>
        $"{string.Concat(shared.Endpoint.ToString().Select(c => c is '[' or ']' ? "" : c is ':' or '/' ? "_" : c.ToString()))}.json";

    private static void Write(JsonNode document, string? path, TextWriter output)
    {
        var text = document.ToJsonString(Written) + "\n";
        if (path is null)
        {
            output.Write(text);
            return;
        }

        try
        {
            AtomicFile.Write(path, text);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(path, refused);
        }
    }

    private static Sharer Sharer(string org, string domain, string contact)
    {
        if (Uri.CheckHostName(domain) != UriHostNameType.Dns || !domain.Contains('.', StringComparison.Ordinal))
        {
            throw new OperatorException($"--domain '{domain}' is no domain name; write one such as example.net");
        }

        var at = contact.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && contact.IndexOf('@', at + 1) < 0
            && Uri.CheckHostName(contact[(at + 1)..]) == UriHostNameType.Dns && !contact.Any(char.IsWhiteSpace)
            ? new(org, domain.ToLowerInvariant(), contact)
            : throw new OperatorException(
                $"--contact '{contact}' is no mail address; write one such as abuse@example.net");
    }

    private static TimeSpan Valid(string text) =>
        Durations.TryParse(text, out var length) && length > TimeSpan.Zero && length <= TimeSpan.FromDays(365) ? length
        : throw new OperatorException($"--valid '{text}' is no duration up to 365d; write one such as 30d");
}
