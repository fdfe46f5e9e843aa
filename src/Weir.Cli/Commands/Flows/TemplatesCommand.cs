// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Flows;
using Weir.Cli.Reporting;
using Weir.Collector.Decoding;
using Weir.Wire.NetFlow;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir templates</c>: what v9 and IPFIX exporters said their records look like.</summary>
internal static class TemplatesCommand
{
    private static readonly ListingColumn<TemplateListing>[] Columns =
    [
        new("exporter", t => t.Exporter),
        new("protocol", t => t.Template.Key.Protocol),
        new("domain", t => t.Template.Key.Domain),
        new("id", t => t.Template.Key.Id),
        new("kind", t => t.Template.IsOptions ? "options" : "data"),
        new("scopes", t => t.Template.ScopeCount),
        new("records", t => t.Template.Records),
        new("learnt", t => DateTimeOffset.FromUnixTimeMilliseconds(t.Template.LearntAtMs)),
        new("note", t => NoteOf(t.Template)),
        new("names", t => string.Join(' ', t.Template.Fields.Select(f => ElementNames.Of(f.Id, f.Enterprise)))),
        new("fields", t => string.Join(' ', t.Template.Fields.Select(Field))),
    ];

    public static Command Create()
    {
        var inputs = InputArgument.Create("Captures or payload files.", ArgumentArity.ZeroOrMore);
        var state = new Option<string?>("--state")
        {
            Description = "The file in which a running Weir keeps what exporters taught it (decoding.template-file).",
            HelpName = "FILE"
        };
        var config = ConfigOption.Create();
        config.Description = "Configuration of a running Weir: lists what its template file holds.";
        var output = OutputOption.Create();
        var command = new Command(
            "templates",
            """
            List the templates of NetFlow v9 and IPFIX exporters, with a note where no record of one can be a flow. A field is ELEMENT[@ENTERPRISE]:OCTETS; v stands for variable length.

            Example: weir templates export.pcap -o json
            """) { inputs, state, config, output };
        command.SetAction((parsed, cancel) =>
        {
            var to = parsed.InvocationConfiguration.Output;
            var (paths, saved) = (parsed.GetValue(inputs) ?? [], parsed.GetValue(state));
            var file = ExporterDiscovery.ConfigurationOf(paths, saved, parsed.GetValue(config));
            Write(
                paths, ExporterDiscovery.StateOf(saved, file),
                OutputOption.Read(parsed, output), to, parsed.InvocationConfiguration.Error, cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    internal static void Write(
        string[] inputs, string? state, ListingFormat format, TextWriter to, TextWriter notes, CancellationToken cancel)
    {
        ExporterDiscovery.Choose(inputs, state);
        var known = state is null
            ? ExporterDiscovery.Read(inputs, notes, cancel).ListTemplates()
            : ExporterDiscovery.Saved(state)
                .SelectMany(e => e.Templates.Select(t => new TemplateListing(e.Address, t)));
        Listing.Write(known.OrderBy(t => t.Exporter).ThenBy(t => t.Template.Key.Protocol)
            .ThenBy(t => t.Template.Key.Domain).ThenBy(t => t.Template.Key.Id), Columns, format, to);
    }

    /// <summary>What an operator should know about it; empty where records of it become flows.</summary>
    private static string NoteOf(KnownTemplate template) =>
        template.IsOptions || Template.CanTellFlows(template.Key.Protocol, [.. template.Fields]) ? ""
        : "can never be a flow: it has no two addresses and no packet section, or counts nothing";

    private static string Field(TemplateField field)
    {
        var enterprise =
            field.Enterprise == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"@{field.Enterprise}");
        return string.Create(CultureInfo.InvariantCulture, $"{field.Id}{enterprise}:")
            + (field.IsVariable ? "v" : field.Length.ToString(CultureInfo.InvariantCulture));
    }
}
