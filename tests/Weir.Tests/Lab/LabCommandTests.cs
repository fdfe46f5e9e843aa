// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Weir.Cli.Commands.Lab;
using Weir.Lab;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class LabCommandTests
{
    [Fact]
    public void A_run_leaves_traffic_truth_and_lists()
    {
        using var folder = new Scratch();
        var (code, output, error) = Run(
            $"--out {folder.Path} --subscribers 300 --seconds 3600 --bots 8 --nets 2 --list-entries 30 --seed 5");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["export.pcap", "networks.txt", "truth.json", "watchlist.txt"], Directory.GetFiles(folder.Path)
            .Select(Path.GetFileName).Order());
        Assert.Equal(30, File.ReadAllLines(Path.Combine(folder.Path, "watchlist.txt")).Length);

        using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "truth.json")));
        Assert.Equal("weir.lab-truth/1", truth.RootElement.GetProperty("schema").GetString());
        Assert.Equal(8, truth.RootElement.GetProperty("bots").GetArrayLength());
        var flows = truth.RootElement.GetProperty("totals").GetProperty("flows").GetInt64();
        Assert.StartsWith($"{flows} flows in", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_allow_list_is_written_only_where_there_is_one()
    {
        using var folder = new Scratch();
        Assert.Equal(0, Run($"--out {folder.Path} --subscribers 300 --seconds 600 --bots 8 --nets 2 "
            + "--list-entries 30 --popular-wrong-entry").Code);
        Assert.Single(File.ReadAllLines(Path.Combine(folder.Path, "allow.txt")));
    }

    [Theory]
    [InlineData("--subscribers 5 --bots 8", "--subscribers is 5, must be between 20 and 2000000")]
    [InlineData("--protocol v8", "--protocol 'v8' is not one of v5, v9, ipfix, sflow")]
    [InlineData("--protocol v5 --ipv6-share 0.2", "--ipv6-share must be 0 with --protocol v5: NetFlow v5 has no IPv6")]
    [InlineData("--biflow", "--biflow needs --protocol ipfix: only IPFIX has two-way records (RFC 5103)")]
    [InlineData("--protocol sflow --sampling 1", "--sampling is 1, must be between 16 and 16383")]
    [InlineData("--coverage 1.5", "--coverage is 1.5, must be between 0 and 1")]
    [InlineData("--to nowhere", "--to 'nowhere' is not HOST:PORT of a known host, for example 127.0.0.1:2055")]
    [InlineData("--to 127.0.0.1:99999",
        "--to '127.0.0.1:99999' is not HOST:PORT of a known host, for example 127.0.0.1:2055")]
    [InlineData("--to 127.0.0.1:2055 --pps 0", "--pps is 0, must be at least 1")]
    [InlineData("--start yesterday", "--start 'yesterday' is not a time such as 2026-01-05T00:00:00Z, nor 'now'")]
    public void A_wrong_option_gets_a_sentence_and_nothing_is_written(string wrong, string sentence)
    {
        using var folder = new Scratch();
        var (code, _, error) = Run($"--out {folder.Path} {wrong}");
        Assert.Equal(2, code);
        Assert.Equal($"weir lab: {sentence}", error.Trim());
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var (code, _, error) = Run("--out x --subscribers 5 --exporters 0 --ipv6-length 20");
        Assert.Equal(2, code);
        Assert.Equal(4, error.Trim().Split('\n').Length); // more bots than a quarter of five lines is the fourth
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        using var folder = new Scratch();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        var (code, _, error) = Run($"--out {file}/under --subscribers 300 --seconds 600 --bots 8 --nets 2");
        Assert.Equal(3, code);
        Assert.StartsWith($"weir lab: cannot write to {file}/under: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blast_needs_a_collector_not_a_folder()
    {
        var (code, _, error) = Run("blast --to nowhere");
        Assert.Equal(
            (2, "weir lab blast: --to 'nowhere' is not HOST:PORT of a known host, for example 127.0.0.1:2055"),
            (code, error.Trim()));
    }

    [Fact]
    public void A_blast_is_of_a_ring_or_of_a_provider()
    {
        var (code, _, error) = Run("blast --to 127.0.0.1:9 --ring 64 --subscribers 5000");
        Assert.Equal(
            (2, "weir lab blast: --ring and --subscribers are two ways to do it; take one"), (code, error.Trim()));
        Assert.Equal(2, Run("blast --to 127.0.0.1:9 --subscribers 1999").Code);
    }

    [Fact]
    public void The_options_of_the_command_are_those_of_the_simulator()
    {
        Assert.Empty(new LabOptions().Faults());
        Assert.Empty(new LabOptions { Protocol = Weir.Wire.ExportProtocol.SFlow5 }.Faults());
        Assert.Equal(512u, new LabOptions { Protocol = Weir.Wire.ExportProtocol.SFlow5 }.Interval);
        Assert.Equal(0, new LabOptions { Protocol = Weir.Wire.ExportProtocol.NetFlow5 }.V6);
    }

    private static (int Code, string Output, string Error) Run(string arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand();
        root.Subcommands.Add(LabCommand.Create());
        var code = root.Parse("lab " + arguments)
            .Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
