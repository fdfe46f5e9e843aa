// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Wire;
using Weir.Hosting.Configuration;
using Weir.Cli.Configuring;
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Commands.Flows;
using Weir.Cli.Reporting;
using Weir.Cli.SelfTesting;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Tests.Collecting;
using Weir.Tests.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Commands;

public sealed class ExporterListingTests : IDisposable
{
    private readonly Scratch _capture = new("");

    public ExporterListingTests() => SelfTestFixtures.WriteCapture(_capture.Path, 1_767_571_200_000);

    public void Dispose() => _capture.Dispose();

    private static List<JsonElement> Rows(Action<TextWriter> write)
    {
        var output = new StringWriter();
        write(output);
        return [.. JsonDocument.Parse(output.ToString()).RootElement.EnumerateArray()];
    }

    [Fact]
    public void An_exporter_of_a_capture_is_listed_with_what_was_wrong_in_it()
    {
        var row = Assert.Single(
            Rows(to => ExportersCommand.Write([_capture.Path], null, ListingFormat.Json, to, TextWriter.Null, default)));
        Assert.Equal(("192.0.2.99", "NetFlow9", 9L, (long)SelfTestFixtures.SetsWithoutTemplate), (
            row.GetProperty("exporter").GetString(), row.GetProperty("protocols").GetString(),
            row.GetProperty("flows").GetInt64(), row.GetProperty("templateUnknown").GetInt64()));
        Assert.Equal(SelfTestFixtures.DamagedDatagrams, row.GetProperty("damaged").GetInt64()
            + row.GetProperty("dropped").GetInt64());
        Assert.NotEmpty(row.GetProperty("faults").GetString()!);
    }

    [Fact]
    public void The_table_fits_a_hundred_columns_and_names_every_count_below()
    {
        var (table, notes) = (new StringWriter(), new StringWriter());
        ExportersCommand.Write([_capture.Path], null, ListingFormat.Table, table, notes, default);
        var lines = table.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(lines.Take(2), line => Assert.True(line.Length <= 100, line));
        Assert.Matches("^exporter +protocols +datagrams +bad +flows +notFlows +lost +late +restarts +rates", lines[0]);
        Assert.Contains(lines, line => line.Contains("192.0.2.99: ", StringComparison.Ordinal)
            && line.Contains($"{SelfTestFixtures.SetsWithoutTemplate} data sets without their template", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("192.0.2.99: of domain ", StringComparison.Ordinal)
            && line.Contains($"{SelfTestFixtures.SetsWithoutTemplate} data sets", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_capture_and_one_of_packets_are_said_by_exporters_and_templates_too()
    {
        using var cut = new Scratch(File.ReadAllBytes(_capture.Path).SkipLast(7).ToArray());
        using var packets = new Scratch(FlowsCommandTests.Capture((0, Ethernet(0x0800, IPv4(6, Tcp(51_000, 443, 2))))));
        foreach (var write in (Action<string, TextWriter>[])
        [
            (path, notes) => ExportersCommand.Write([path], null, ListingFormat.Table, TextWriter.Null, notes, default),
            (path, notes) => TemplatesCommand.Write([path], null, ListingFormat.Table, TextWriter.Null, notes, default),
        ])
        {
            var (ofCut, ofPackets) = (new StringWriter(), new StringWriter());
            write(cut.Path, ofCut);
            write(packets.Path, ofPackets);
            Assert.Contains("the file ends", ofCut.ToString(), StringComparison.Ordinal);
            Assert.Contains("holds packets, not flow exports", ofPackets.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_running_collectors_page_is_read_as_it_was_written()
    {
        var heard = ExporterDiscovery.Read([_capture.Path], TextWriter.Null, default).List()
            .Select(ExporterReport.From).ToList();
        var page = JsonSerializer.Serialize(
            new HeardExporters(heard, [new("192.0.2.9", "unknown-exporter", 7, DateTimeOffset.UnixEpoch)]),
            JsonSerializerOptions.Web);
        var (first, again) = (new StringWriter(), new StringWriter());
        ExportersCommand.Write(heard, ListingFormat.Json, first);
        ExportersCommand.Write(ExporterReport.Parse(page)!.Heard, ListingFormat.Json, again);
        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal("192.0.2.9", ExporterReport.Parse(page)!.Unlisted.Single().Sender);
        Assert.Null(ExporterReport.Parse("<html>"));
    }

    [Fact]
    public void Who_sends_and_is_not_decoded_is_told_with_the_lines_that_would_name_him()
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var text = UnlistedLines.Of(
        [
            new("192.0.2.9", "unknown-exporter", 7, at), new("192.0.2.1", "other-port", 1, at),
            new("other", "unknown-exporter", 4_936, at),
            new("192.0.2.4", "unnamed-key", 3, at) { Key = "sha256:" + new string('4', 64) },
            new("192.0.2.5", "out-of-date", 1, at),
        ]);

        Assert.Contains("192.0.2.9 sent 7 datagrams that were not decoded (unknown-exporter)", text, StringComparison.Ordinal);
        Assert.Contains("other sent 4936 datagrams", text, StringComparison.Ordinal);
        var lines = text[text.IndexOf("    collecting:", StringComparison.Ordinal)..];
        var settings = ConfigurationReader.Read<WeirConfiguration>(
            "", _ => null, string.Join('\n', lines.Split('\n').Select(line => line.Length > 4 ? line[4..] : line)));
        Assert.DoesNotContain(settings.Faults, fault => fault.Path.StartsWith("collecting", StringComparison.Ordinal));
        Assert.Contains(
            "192.0.2.4 sent 3 connections over TLS that were not decoded (unnamed-key)", text, StringComparison.Ordinal);
        Assert.Equal(
            [("192.0.2.9", ""), ("192.0.2.4", "sha256:" + new string('4', 64))],
            settings.Value.Collecting.Exporters.Select(one => (
                one.Network.ToString().Split('/')[0], string.Concat(one.Keys))));
        Assert.Equal("", UnlistedLines.Of([]));
    }

    [Fact]
    public void Templates_are_listed_with_their_fields()
    {
        var rows = Rows(to => TemplatesCommand.Write([_capture.Path], null, ListingFormat.Json, to, TextWriter.Null, default));
        var v4 = Assert.Single(
            rows, r => r.GetProperty("id").GetInt32() == 256 && r.GetProperty("kind").GetString() == "data");
        Assert.StartsWith("8:4 12:4 7:2 11:2", v4.GetProperty("fields").GetString(), StringComparison.Ordinal);
        Assert.Equal((99L, 9L), (v4.GetProperty("domain").GetInt64(), v4.GetProperty("records").GetInt64()));
        Assert.Contains(rows, r => r.GetProperty("kind").GetString() == "options");
        Assert.StartsWith(
            "sourceIPv4Address destinationIPv4Address", v4.GetProperty("names").GetString(), StringComparison.Ordinal);
        Assert.Equal("", v4.GetProperty("note").GetString());
    }

    [Fact]
    public void A_template_that_can_never_be_a_flow_says_so()
    {
        using var payload = new Scratch(MessageMaker.V9(MessageMaker.Set(0, MessageMaker.Template(256, "1/4 10/4"))));
        var row = Assert.Single(Rows(to => TemplatesCommand.Write([payload.Path], null, ListingFormat.Json, to, TextWriter.Null, default)));
        Assert.StartsWith("can never be a flow", row.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_file_lists_what_outlived_a_restart()
    {
        using var saved = new Scratch("");
        new TemplateFile(saved.Path).Save(ExporterDiscovery.Read([_capture.Path], TextWriter.Null, default).Snapshot());

        var heard = Rows(to => TemplatesCommand.Write([_capture.Path], null, ListingFormat.Json, to, TextWriter.Null, default));
        var kept = Rows(to => TemplatesCommand.Write([], saved.Path, ListingFormat.Json, to, TextWriter.Null, default));
        Assert.Equal(heard.Select(r => r.GetProperty("fields").GetString()), kept.Select(r =>
            r.GetProperty("fields").GetString()));
        Assert.Equal(
            heard.Count,
            Assert.Single(Rows(to => ExportersCommand.Write([], saved.Path, ListingFormat.Json, to, TextWriter.Null, default)))
                .GetProperty("templates").GetInt32());
    }

    [Fact]
    public void A_configuration_names_its_saved_file()
    {
        using var config = new Scratch("attributing:\n  networks:\n    - prefix: 192.0.2.0/24\ndecoding:\n  "
            + "template-file: /somewhere/templates\n");
        using var unsound = new Scratch(
            "attributing:\n  networks:\n    - prefix: 192.0.2.0/24\ndecoding:\n  colour: red\n");
        Assert.Equal("/somewhere/templates", ExporterDiscovery.StateOf(null, config.Path));
        Assert.Equal("/own", ExporterDiscovery.StateOf("/own", null));
        Assert.Contains(
            $"{unsound.Path}:5",
            Assert.Throws<OperatorException>(() => ExporterDiscovery.StateOf(null, unsound.Path)).Message,
            StringComparison.Ordinal);
        Assert.Throws<OperatorException>(() => ExporterDiscovery.StateOf("/own", config.Path));
    }

    [Fact]
    public void Nothing_to_list_two_questions_at_once_and_unreadable_files_are_refused()
    {
        using var table = new Scratch("src,dst\n");
        OperatorException Of(string[] inputs, string? state) => Assert.Throws<OperatorException>(
            () => ExportersCommand.Write(inputs, state, ListingFormat.Table, TextWriter.Null, TextWriter.Null, default));

        Assert.Equal((ExitCode.BadArguments, ExitCode.BadArguments), (
            Of([], null).ExitCode, Of([_capture.Path], table.Path).ExitCode));
        Assert.Contains("flow table", Of([table.Path], null).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Of([], table.Path + ".absent").Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unreadable, Of([], table.Path).ExitCode);
        Assert.Equal(ExitCode.BadArguments, Assert.Throws<OperatorException>(() => OutputOption.Read("xml")).ExitCode);
    }
}
